package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** The images under test, built as the README says, and the broker's. */
final class Images {
    /** Base images that are named by the environment, as for the compose file. */
    private static final List<String> BASES = List.of("JDK_IMAGE", "DEBIAN_IMAGE");

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Images() {}

    /** Skips the test where no container engine runs. */
    static void requireEngine() {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "no container engine answers (DOCKER_HOST), so nothing is tested in containers");
    }

    /** Kafka's own, or the one that KAFKA_IMAGE names. */
    static DockerImageName kafka() {
        return DockerImageName.parse(System.getenv().getOrDefault("KAFKA_IMAGE", "apache/kafka:4.3.1"))
                .asCompatibleSubstituteFor("apache/kafka");
    }

    /**
     * Builds a target of the Dockerfile.
     *
     * @param arguments of the build, beside the bases
     * @return its name
     */
    static String build(String target, Map<String, String> arguments) throws IOException, InterruptedException {
        String name = "finecomb/tested:" + target;
        List<String> command =
                new ArrayList<>(List.of("docker", "build", "-f", "docker/Dockerfile", "--target", target, "-t", name));
        Map<String, String> all = new TreeMap<>(arguments);
        BASES.stream().filter(System.getenv()::containsKey).forEach(base -> all.put(base, System.getenv(base)));
        all.forEach((argument, value) -> command.addAll(List.of("--build-arg", argument + "=" + value)));
        command.add(".");
        Process build = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        var said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(build.waitFor()).as("%s%n%s", command, said).isZero();
        return name;
    }
}
