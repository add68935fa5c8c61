package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's job, killed at uniformly random times, be it starting, restoring, training, exporting or ending, ends
 * byte-identical to one that was left alone, and every step is said once. System property {@code kill.count} sets how often
 * a process is killed; a job that ended all the same is followed by another.
 */
class KillAndResumeIT {
    private static final int KILLS = Battery.count("kill.count", 10);
    private static final long SEED = Long.getLong("kill.seed", 20261123L);
    private static final int STEPS = 240;
    private static final Duration LONG = Duration.ofMinutes(5);
    /** A process lives, at most, for its start and this part of the job's training. */
    private static final int PART_OF_TRAINING = 8;

    private final SplittableRandom random = new SplittableRandom(SEED);

    @TempDir
    Path directory;

    @Test
    void aKilledJobEndsLikeOneThatWasNot() throws Exception {
        long begin = System.nanoTime();
        int killed = 0;
        int jobs = 0;
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            DemoJob calm = DemoJob.prepare(broker, "calm", STEPS, directory);
            long horizonMillis = calmly(calm);
            while (killed < KILLS) {
                DemoJob job = DemoJob.prepare(broker, "killed-" + jobs++, STEPS, directory);
                killed += killAndFinish(job, KILLS - killed, horizonMillis);
                job.requireEndOf(calm);
            }
        }
        Battery.ran(
                "kill-at-random",
                killed,
                Duration.ofNanos(System.nanoTime() - begin),
                "byte-identical over " + jobs + " jobs");
    }

    /** Runs the job undisturbed; returns the longest that a process of the others is to live. */
    private static long calmly(DemoJob job) throws Exception {
        long begin = System.nanoTime();
        try (ServiceProcess service = ServiceProcess.start(job.settings())) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        JobEnd.requireCleanLedger(job.broker().bootstrapServers(), job.name(), STEPS);
        long life = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        long start = Math.round(job.firstSteps().getFirst() * 1000);
        return start + (life - start) / PART_OF_TRAINING;
    }

    /** Returns how often it was killed before it ended by itself. */
    private int killAndFinish(DemoJob job, int mostKills, long horizonMillis) throws Exception {
        for (int killed = 0; ; killed++) {
            try (ServiceProcess service = ServiceProcess.start(job.settings())) {
                Duration life = killed < mostKills ? Duration.ofMillis(random.nextLong(horizonMillis)) : LONG;
                if (service.endsWithin(life)) {
                    assertThat(service.exitCode(LONG))
                            .as("seed %d:\n%s", SEED, service.log())
                            .isZero();
                    return killed;
                }
                assertThat(killed).as("still running:\n%s", service.log()).isLessThan(mostKills);
                service.kill();
            }
        }
    }
}
