package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.output.OutputFrame;

/**
 * The service in a container as a careful platform runs it: an arbitrary user, a read-only root, no capability, no new
 * privileges, and a network that leads nowhere but to the broker.
 */
final class ServiceContainer implements AutoCloseable {
    /** A number that nobody gave a name. */
    private static final String USER = "1234567:0";

    static final String SETTINGS = "/etc/finecomb/finecomb.yml";
    static final Map<String, String> NAMED = Map.of("MICRONAUT_CONFIG_FILES", SETTINGS);

    private static final Pattern COMMITTED = Pattern.compile("committed step=(\\d+) ");

    private final GenericContainer<?> container;

    private ServiceContainer(GenericContainer<?> container) {
        this.container = container;
    }

    /**
     * Starts it.
     *
     * @param files of this machine by their place in the container, all of them read-only
     * @param volume keeps {@code /data}
     * @param environment names the settings, too
     */
    static ServiceContainer start(
            String image,
            Network network,
            Map<String, Path> files,
            DataVolume volume,
            Map<String, String> environment) {
        var container = hardened(image, network, files, volume).withEnv(environment);
        container.start();
        return new ServiceContainer(container);
    }

    /** A container to be started, of an arbitrary user, with no rights. */
    static GenericContainer<?> hardened(String image, Network network, Map<String, Path> files, DataVolume volume) {
        List<Mount> mounts = new ArrayList<>();
        mounts.add(
                new Mount().withType(MountType.VOLUME).withSource(volume.name()).withTarget("/data"));
        files.forEach((place, file) -> mounts.add(new Mount()
                .withType(MountType.BIND)
                .withSource(file.toString())
                .withTarget(place)
                .withReadOnly(true)));
        return new GenericContainer<>(image).withNetwork(network).withCreateContainerCmdModifier(create -> {
            create.withUser(USER);
            Objects.requireNonNull(create.getHostConfig())
                    .withReadonlyRootfs(true)
                    .withCapDrop(Capability.ALL)
                    .withSecurityOpts(List.of("no-new-privileges"))
                    .withTmpFs(Map.of("/tmp", ""))
                    .withMounts(mounts);
        });
    }

    /** Waits until that many steps are committed. */
    void awaitCommitted(long steps, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (committed() < steps) {
            assertThat(running()).as("it ended early:%n%s", log()).isTrue();
            assertThat(System.nanoTime())
                    .as("step %d is not committed:%n%s", steps, log())
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private long committed() {
        return COMMITTED
                .matcher(log())
                .results()
                .mapToLong(step -> Long.parseLong(step.group(1)))
                .max()
                .orElse(-1);
    }

    /** What it answers when asked inside. */
    Container.ExecResult execute(String... words) throws IOException, InterruptedException {
        return container.execInContainer(words);
    }

    /** SIGTERM, as a platform sends it before it loses patience. */
    long terminate() throws InterruptedException {
        try {
            docker().stopContainerCmd(container.getContainerId())
                    .withTimeout(40)
                    .exec();
        } catch (NotModifiedException alreadyEnded) {
            // Its exit code tells.
        }
        return exitCode(Duration.ofSeconds(5));
    }

    /** SIGKILL. */
    long kill() throws InterruptedException {
        docker().killContainerCmd(container.getContainerId()).withSignal("KILL").exec();
        return exitCode(Duration.ofSeconds(10));
    }

    /** Waits for the end. */
    long exitCode(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (running()) {
            assertThat(System.nanoTime()).as("it still runs:%n%s", log()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return Objects.requireNonNull(state().getExitCodeLong());
    }

    private boolean running() {
        return Boolean.TRUE.equals(state().getRunning());
    }

    private InspectContainerResponse.ContainerState state() {
        return docker().inspectContainerCmd(container.getContainerId()).exec().getState();
    }

    /** Copies a file out of it, also after its end. */
    void copyOut(String place, Path target) {
        container.copyFileFromContainer(place, target.toString());
    }

    String log() {
        return container.getLogs(OutputFrame.OutputType.STDOUT, OutputFrame.OutputType.STDERR);
    }

    private DockerClient docker() {
        return container.getDockerClient();
    }

    @Override
    public void close() {
        container.stop();
    }
}
