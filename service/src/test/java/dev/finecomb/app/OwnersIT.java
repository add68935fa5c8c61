package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.BrokerProcess;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TcpProxy;
import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Two processes that both believe they own a job. */
@ResourceLock(FaultJob.ENGINE)
class OwnersIT {
    private static final int ROUNDS = Battery.count("fault.rounds", 1);
    private static final int FEW = 10;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration GONE = Duration.ofSeconds(10);

    @TempDir
    static Path directory;

    private static TcpProxy proxy;
    private static BrokerProcess broker;

    @BeforeAll
    static void startBroker() throws Exception {
        proxy = new TcpProxy();
        broker = BrokerProcess.startBehind(proxy, directory.resolve("broker"), Map.of());
    }

    @AfterAll
    static void stopBroker() {
        proxy.close();
        broker.close();
    }

    /**
     * The owner is stopped in its tracks while its request to commit is on the way; a successor takes over and commits; then
     * the request arrives, and then the owner wakes.
     */
    @Test
    void aZombieShowsNothingDeletesNothingAndEndsWith75() throws Exception {
        int steps = ROUNDS * 2 * FEW + FEW;
        FaultJob calm = calm("calm-zombie", steps);
        var job = new FaultJob("zombie", directory.resolve("zombie"), steps, Map.of());
        long begin = System.nanoTime();
        ServiceProcess owner = ServiceProcess.start(job.write(proxy.address()));
        try {
            for (int round = 0; round < ROUNDS; round++) {
                owner = succeeded(owner, job, round * 2 * FEW);
            }
            job.feed(broker.bootstrapServers(), steps - FEW, steps);
            assertThat(owner.exitCode(LONG)).as(owner.log()).isZero();
        } finally {
            owner.close();
        }
        job.requireLike(calm, broker.bootstrapServers());
        Battery.ran("zombie", ROUNDS, Duration.ofNanos(System.nanoTime() - begin), "byte-identical; ended with 75");
    }

    /** Replaces the owner, which is stopped in the middle of a commit; returns the successor. */
    private static ServiceProcess succeeded(ServiceProcess owner, FaultJob job, int done) throws Exception {
        String address = broker.bootstrapServers();
        await(owner, status -> Supervisor.trained(status) == done && restored(status));
        int held = proxy.commitsHeld();
        proxy.holdCommits();
        job.feed(address, done, done + FEW);
        await(owner, _ -> proxy.commitsHeld() > held);
        owner.suspend();
        try (owner) {
            ServiceProcess successor = ServiceProcess.start(job.write(address));
            try {
                await(successor, status -> Supervisor.committed(status) == done + FEW);
                Map<Path, String> files = settled(job.directory().resolve("checkpoints"));
                List<Long> seen = job.stepsSeen(address);
                proxy.releaseCommits();
                owner.wake();
                assertThat(owner.exitCode(GONE)).as(owner.log()).isEqualTo(75);
                assertThat(contents(job.directory().resolve("checkpoints"))).containsAllEntriesOf(files);
                assertThat(job.stepsSeen(address)).isEqualTo(seen);
                job.feed(address, done + FEW, done + 2 * FEW);
                await(successor, status -> Supervisor.committed(status) == done + 2 * FEW);
                return throughProxy(successor, job);
            } catch (Exception | AssertionError e) {
                successor.close();
                throw e;
            }
        }
    }

    /** The successor spoke with the broker directly; the next zombie's commit has to be caught again. */
    private static ServiceProcess throughProxy(ServiceProcess successor, FaultJob job) throws Exception {
        if (ROUNDS == 1) {
            return successor;
        }
        successor.terminate();
        assertThat(successor.exitCode(LONG)).as(successor.log()).isZero();
        return ServiceProcess.start(job.write(proxy.address()));
    }

    @Test
    void twoStartedTogetherLeaveOneOwner() throws Exception {
        FaultJob calm = calm("calm-pair", FEW * 3);
        long begin = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            var job = new FaultJob("pair-" + round, directory.resolve("pair-" + round), FEW * 3, Map.of());
            Path settings = job.write(broker.bootstrapServers());
            try (ServiceProcess one = ServiceProcess.start(settings);
                    ServiceProcess other = ServiceProcess.start(settings)) {
                awaitRestoredOrEnded(one);
                awaitRestoredOrEnded(other);
                job.feed(broker.bootstrapServers(), 0, FEW * 3);
                assertThat(List.of(one.exitCode(LONG), other.exitCode(LONG)))
                        .as(one.log())
                        .containsExactlyInAnyOrder(0, 75);
            }
            job.requireLike(calm, broker.bootstrapServers());
        }
        Battery.ran("two-owners", ROUNDS, Duration.ofNanos(System.nanoTime() - begin), "one ended with 75");
    }

    private static FaultJob calm(String name, int steps) throws Exception {
        return new FaultJob(name, directory.resolve(name), steps, Map.of()).trainCalmly(broker.bootstrapServers());
    }

    private static void awaitRestoredOrEnded(ServiceProcess service) throws InterruptedException {
        service.awaitJob(OwnersIT::restored, LONG);
    }

    private static boolean restored(JsonNode status) {
        return status.path("runtime").path("restored").asBoolean();
    }

    private static void await(ServiceProcess service, Predicate<JsonNode> wanted) throws InterruptedException {
        assertThat(service.awaitJob(wanted, LONG)).as(service.log()).isTrue();
    }

    /** What is there when the successor has deleted what its last commit superseded. */
    private static Map<Path, String> settled(Path directory) throws Exception {
        Map<Path, String> before = contents(directory);
        while (true) {
            TimeUnit.MILLISECONDS.sleep(300);
            Map<Path, String> now = contents(directory);
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
    }

    /** Every file below, with the digest of what it holds. */
    private static Map<Path, String> contents(Path directory) throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.filter(Files::isRegularFile).forEach(file -> contents.put(file, digest(file)));
        }
        return contents;
    }

    private static String digest(Path file) {
        try {
            return Sha256.hex(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
