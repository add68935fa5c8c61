package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a killed service takes from its new process to its next step, with the demo's model, with and without an archive
 * of its classes. The bound here only catches a start that waits until its predecessor's transaction times out; the figure is
 * in the record.
 */
class RestartTimeIT {
    private static final int RESTARTS = 3 * Battery.count("fault.rounds", 1);
    private static final int STEPS = DemoSettings.STEPS;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final double BOUND_SECONDS = 60;

    @TempDir
    Path directory;

    /** How the service is started. */
    @FunctionalInterface
    private interface Start {
        ServiceProcess of(Path settings) throws IOException;
    }

    @Test
    void aRestartIsSoonAtItsNextStep() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            measure(
                    "restart-to-first-step",
                    DemoJob.prepare(broker, "plain", STEPS, directory),
                    ServiceProcess::startPlain);
            measure(
                    "restart-to-first-step-with-class-archive",
                    DemoJob.prepare(broker, "archived", STEPS, directory),
                    ServiceProcess::startArchived);
        }
    }

    private static void measure(String what, DemoJob job, Start how) throws Exception {
        long begin = System.nanoTime();
        for (int start = 0; start <= RESTARTS; start++) {
            try (ServiceProcess service = how.of(job.settings())) {
                assertThat(service.awaitJob(
                                status ->
                                        status.path("training").path("metrics").has("loss"),
                                LONG))
                        .as(service.log())
                        .isTrue();
                service.kill();
            }
        }
        List<Double> seconds = job.firstSteps().stream().skip(1).sorted().toList();
        assertThat(seconds).hasSize(RESTARTS).allMatch(second -> second < BOUND_SECONDS);
        Battery.ran(
                what,
                RESTARTS,
                Duration.ofNanos(System.nanoTime() - begin),
                "median " + seconds.get(RESTARTS / 2) + " s");
    }
}
