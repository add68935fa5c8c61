package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.KillPoint;
import dev.finecomb.KillSwitch;
import dev.finecomb.ServiceProcess;
import dev.finecomb.config.Place;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.storage.ObjectServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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

    /** What becomes of a job's settings. */
    @FunctionalInterface
    private interface Change {
        Map<String, Object> of(String job, Map<String, Object> settings);
    }

    @Test
    void killedAtEveryPointAJobEndsLikeOneThatWasNot() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            killAtEveryPoint(broker, "kill-at-", (_, settings) -> settings);
        }
    }

    @Test
    void soDoesAJobWhoseCheckpointsLieInABucket() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"));
                ObjectServer server = ObjectServer.start()) {
            Map<String, Place.Bucket> places = new ConcurrentHashMap<>();
            killAtEveryPoint(
                    broker,
                    "bucket-kill-at-",
                    (job, settings) -> JobWorld.inBucket(
                            settings,
                            server,
                            places.computeIfAbsent(job, _ -> ObjectServer.place()),
                            directory.resolve(job).resolve("scratch")));
        }
    }

    private void killAtEveryPoint(EmbeddedKafka broker, String what, Change change) throws Exception {
        long begin = System.nanoTime();
        JobWorld.feed(broker.bootstrapServers(), "calm", STEPS);
        Path calm = JobWorld.write(settings(broker, "calm"), directory.resolve("calm"));
        finish(calm);
        JobEnd.requireCleanLedger(broker.bootstrapServers(), "calm", STEPS);
        for (int round = 0; round < ROUNDS; round++) {
            String job = "killed-" + round;
            JobWorld.feed(broker.bootstrapServers(), job, STEPS);
            Map<String, Object> changed = change.of(job, settings(broker, job));
            Path settings = JobWorld.write(changed, directory.resolve(job));
            Path hurried = JobWorld.write(
                    withSmallCuts(changed), directory.resolve(job).resolve("small-cuts"));
            for (KillSwitch.Plan plan : plans(SEED + round)) {
                killAt(plan, hurried);
            }
            finish(settings);
            JobEnd.requireCleanLedger(broker.bootstrapServers(), job, STEPS);
            JobEnd.requireSameModel(calm.resolveSibling("export"), settings.resolveSibling("export"));
        }
        for (KillPoint point : KillPoint.values()) {
            Battery.ran(what + point.label(), ROUNDS, Duration.ofNanos(System.nanoTime() - begin), "byte-identical");
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
        List<String> arguments = new ArrayList<>(plan.arguments(announcement));
        arguments.addAll(ObjectServer.credentials());
        try (ServiceProcess service = ServiceProcess.startMain(settings, FaultyService.class, arguments)) {
            assertThat(service.exitCode(LONG))
                    .as("%s:\n%s", plan, service.log())
                    .isEqualTo(KILLED);
        }
        assertThat(announcement).hasContent(plan.point().label());
    }

    private static void finish(Path settings) throws Exception {
        try (ServiceProcess service =
                ServiceProcess.startMain(settings, Application.class, ObjectServer.credentials())) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
    }

    private Map<String, Object> settings(EmbeddedKafka broker, String job) {
        return JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job), STEPS);
    }

    /** The same job, but no step runs far ahead of a commit, and superseded checkpoints go at once. */
    private static Map<String, Object> withSmallCuts(Map<String, Object> settings) {
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("checkpoint.every-steps", 2);
        all.put("checkpoint.outbox-bytes", 1024);
        all.put("checkpoint.keep", 1);
        return all;
    }
}
