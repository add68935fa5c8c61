package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many jobs at once, each a process of its own, on one broker: the topics of checkpoints and models are shared by all. None
 * loses or doubles anything, and since all get the same input, all end in the same bytes. System property {@code jobs.count}
 * says how many.
 */
class ManyJobsIT {
    private static final int JOBS = Battery.count("jobs.count", 10);
    private static final int STEPS = 100;
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    @Test
    void manyJobsOnOneBrokerEndAsOneAloneDoes() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            DemoJob alone = DemoJob.prepare(broker, "alone", STEPS, directory);
            Duration one = run(List.of(alone));
            List<DemoJob> jobs = new ArrayList<>();
            for (int number = 0; number < JOBS; number++) {
                jobs.add(DemoJob.prepare(broker, "one-of-many-" + number, STEPS, directory));
            }
            Duration all = run(jobs);
            JobEnd.requireCleanLedger(broker.bootstrapServers(), alone.name(), STEPS);
            for (DemoJob job : jobs) {
                job.requireEndOf(alone);
            }
            Battery.ran(
                    "many-jobs",
                    JOBS,
                    all,
                    String.format(
                            Locale.ROOT,
                            "%.1f steps/s in all, starts included; one job alone %.1f",
                            rate(JOBS, all),
                            rate(1, one)));
        }
    }

    private static double rate(int jobs, Duration time) {
        return 1000.0 * jobs * STEPS / time.toMillis();
    }

    /** Runs them beside each other to their ends. */
    private static Duration run(List<DemoJob> jobs) throws Exception {
        long begin = System.nanoTime();
        List<ServiceProcess> services = new ArrayList<>();
        try {
            for (DemoJob job : jobs) {
                services.add(ServiceProcess.start(job.settings(), "--finecomb.kafka.connect-timeout=2m"));
            }
            for (ServiceProcess service : services) {
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
        } finally {
            services.forEach(ServiceProcess::close);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
