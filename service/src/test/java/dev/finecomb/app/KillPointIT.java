package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.KillPoint;
import dev.finecomb.KillSwitch;
import dev.finecomb.ServiceProcess;
import dev.finecomb.demo.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job whose process is killed at each of the named points, one after the other, ends byte-identical to a calm one and says
 * every step once. System property {@code kill.rounds} sets for how many jobs, each with its own order and moments.
 */
class KillPointIT {
    private static final int ROUNDS = Battery.count("kill.rounds", 1);
    private static final long SEED = Long.getLong("kill.seed", 20261124L);
    /** So many that no order of kills comes to the end: each life makes at most a few small cuts. */
    private static final int STEPS = 100;

    private static final int MOST_PASSES = 3;
    private static final int MOST_DELAY_MICROS = 600;
    private static final int KILLED = 128 + 9;
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @Test
    void killedAtEveryPointAJobEndsLikeOneThatWasNot() throws Exception {
        long begin = System.nanoTime();
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            Path calm = prepare(broker, "calm");
            finish(calm);
            JobEnd.requireCleanLedger(broker.bootstrapServers(), "calm", STEPS);
            for (int round = 0; round < ROUNDS; round++) {
                String job = "killed-" + round;
                Path settings = prepare(broker, job);
                Path hurried = withSmallCuts(broker, job);
                for (KillSwitch.Plan plan : plans(SEED + round)) {
                    killAt(plan, hurried);
                }
                finish(settings);
                JobEnd.requireCleanLedger(broker.bootstrapServers(), job, STEPS);
                JobEnd.requireSameModel(calm.resolveSibling("export"), settings.resolveSibling("export"));
            }
        }
        for (KillPoint point : KillPoint.values()) {
            Battery.ran(
                    "kill-at-" + point.label(), ROUNDS, Duration.ofNanos(System.nanoTime() - begin), "byte-identical");
        }
    }

    private static List<KillSwitch.Plan> plans(long seed) {
        var random = new Random(seed);
        List<KillPoint> points = new ArrayList<>(Arrays.asList(KillPoint.values()));
        Collections.shuffle(points, random);
        return points.stream()
                .map(point ->
                        new KillSwitch.Plan(point, 1 + random.nextInt(MOST_PASSES), random.nextInt(MOST_DELAY_MICROS)))
                .toList();
    }

    /** Starts the service, lets it die, and makes sure that it died where it was to. */
    private static void killAt(KillSwitch.Plan plan, Path settings) throws Exception {
        Path announcement = settings.resolveSibling("killed");
        Files.deleteIfExists(announcement);
        try (ServiceProcess service =
                ServiceProcess.startMain(settings, FaultyService.class, plan.arguments(announcement))) {
            assertThat(service.exitCode(LONG))
                    .as("%s:\n%s", plan, service.log())
                    .isEqualTo(KILLED);
        }
        assertThat(announcement).hasContent(plan.point().label());
    }

    private static void finish(Path settings) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
    }

    private Path prepare(EmbeddedKafka broker, String job) throws Exception {
        JobWorld.feed(broker.bootstrapServers(), job, STEPS);
        return JobWorld.write(
                JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job), STEPS),
                directory.resolve(job));
    }

    /** The same job, but no step runs far ahead of a commit, and superseded checkpoints go at once. */
    private Path withSmallCuts(EmbeddedKafka broker, String job) throws Exception {
        Map<String, Object> settings = JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job), STEPS);
        settings.put("checkpoint.every-steps", 2);
        settings.put("checkpoint.outbox-bytes", 1024);
        settings.put("checkpoint.keep", 1);
        return JobWorld.write(settings, directory.resolve(job).resolve("small-cuts"));
    }
}
