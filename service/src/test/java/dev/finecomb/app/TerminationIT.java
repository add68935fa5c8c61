package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.demo.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM at random moments, in turn during a start and during the training: the process ends with 0 and no step of the job
 * is ever trained a second time.
 */
class TerminationIT {
    private static final int SIGNALS = 5 * Battery.count("fault.rounds", 1);
    private static final int SIGNALS_PER_JOB = 5;
    private static final long SEED = Long.getLong("kill.seed", 20261124L);
    private static final int STEPS = 120;
    private static final int STEP_MILLIS = 25;
    private static final int MOST_TRAINING_MILLIS = 600;
    /** What supervisors grant between SIGTERM and SIGKILL. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final Duration LONG = Duration.ofMinutes(2);

    private final Random random = new Random(SEED);

    @TempDir
    Path directory;

    @Test
    void nothingIsTrainedTwiceAfterATermination() throws Exception {
        long begin = System.nanoTime();
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            Job calm = prepare(broker, "calm");
            try (ServiceProcess service = ServiceProcess.start(calm.settings())) {
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
            for (int sent = 0; sent < SIGNALS; sent += SIGNALS_PER_JOB) {
                Job job = prepare(broker, "terminated-" + sent);
                terminateAgainAndAgain(job);
                assertThat(job.trained())
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, STEPS).boxed().toList());
                JobEnd.requireCleanLedger(broker.bootstrapServers(), job.name(), STEPS);
                JobEnd.requireSameModel(
                        calm.settings().resolveSibling("export"), job.settings().resolveSibling("export"));
            }
        }
        Battery.ran("sigterm", SIGNALS, Duration.ofNanos(System.nanoTime() - begin), "exit 0 and no step twice");
    }

    private void terminateAgainAndAgain(Job job) throws Exception {
        long startMillis = 0;
        for (int signal = 0; signal < SIGNALS_PER_JOB; signal++) {
            int before = job.trained().size();
            try (ServiceProcess service = job.start()) {
                if (signal % 2 == 0) {
                    startMillis = job.awaitTraining(service, before);
                    Thread.sleep(random.nextInt(MOST_TRAINING_MILLIS));
                } else {
                    job.awaitListening(service);
                    Thread.sleep(random.nextLong(startMillis));
                }
                service.terminate();
                assertThat(service.exitCode(GRACE))
                        .as("seed %d, signal %d:\n%s", SEED, signal, service.log())
                        .isZero();
            }
        }
        try (ServiceProcess service = job.start()) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
    }

    private Job prepare(EmbeddedKafka broker, String name) throws Exception {
        JobWorld.feed(broker.bootstrapServers(), name, STEPS);
        Path place = directory.resolve(name);
        return new Job(name, JobWorld.write(JobWorld.settings(broker.bootstrapServers(), name, place, STEPS), place));
    }

    /** A job whose every trained step, committed or not, is noted. */
    private record Job(String name, Path settings) {
        private Path journal() {
            return settings.resolveSibling("journal");
        }

        private Path listening() {
            return settings.resolveSibling("listening");
        }

        ServiceProcess start() throws Exception {
            Files.deleteIfExists(listening());
            return ServiceProcess.startMain(
                    settings, FaultyService.class, FaultyService.arguments(journal(), listening(), STEP_MILLIS));
        }

        List<Long> trained() throws Exception {
            return Files.exists(journal())
                    ? Files.readAllLines(journal()).stream().map(Long::valueOf).toList()
                    : List.of();
        }

        void awaitListening(ServiceProcess service) throws Exception {
            await(service, () -> Files.exists(listening()));
        }

        /** Returns the milliseconds from the moment that a signal is heard to the first step. */
        long awaitTraining(ServiceProcess service, int before) throws Exception {
            awaitListening(service);
            long begin = System.nanoTime();
            await(service, () -> trained().size() > before);
            return Duration.ofNanos(System.nanoTime() - begin).toMillis();
        }

        private static void await(ServiceProcess service, Condition condition) throws Exception {
            long deadline = System.nanoTime() + LONG.toNanos();
            while (!condition.holds()) {
                assertThat(service.endsWithin(Duration.ofMillis(5)) || System.nanoTime() > deadline)
                        .as(service.log())
                        .isFalse();
            }
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }
}
