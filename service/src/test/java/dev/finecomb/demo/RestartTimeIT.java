package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a killed service takes from its new process to its next step, with the demo's model and
 * without any argument for the virtual machine. The bound here only catches
 * a start that waits for something; the figure is in the record.
 */
class RestartTimeIT {
    private static final int RESTARTS = 3 * Battery.count("fault.rounds", 1);
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final double BOUND_SECONDS = 30;

    @TempDir
    Path directory;

    @Test
    void aRestartIsSoonAtItsNextStep() throws Exception {
        long begin = System.nanoTime();
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            DemoJob job = DemoJob.prepare(broker, "restarted", DemoSettings.STEPS, directory);
            for (int start = 0; start <= RESTARTS; start++) {
                try (ServiceProcess service = ServiceProcess.startPlain(job.settings())) {
                    assertThat(service.awaitJob(
                                    status -> status.path("training")
                                            .path("metrics")
                                            .has("loss"),
                                    LONG))
                            .as(service.log())
                            .isTrue();
                    service.kill();
                }
            }
            List<Double> seconds = job.firstSteps().stream().skip(1).sorted().toList();
            assertThat(seconds).hasSize(RESTARTS).allMatch(second -> second < BOUND_SECONDS);
            Battery.ran(
                    "restart-to-first-step",
                    RESTARTS,
                    Duration.ofNanos(System.nanoTime() - begin),
                    "median " + seconds.get(RESTARTS / 2) + " s");
        }
    }
}
