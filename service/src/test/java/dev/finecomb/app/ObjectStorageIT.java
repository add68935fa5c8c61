package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.cli.Finecomb;
import dev.finecomb.config.Place;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import dev.finecomb.storage.StoredObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose checkpoints and model go to an object store, killed again and again, ends like one on a disk that was not. */
class ObjectStorageIT {
    private static final int STEPS = 100;
    private static final List<Integer> KILLED_AT = List.of(10, 50);
    private static final int KEEP = 1;
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    /** The module's own place, too: it is fetched at each of the starts. */
    @Test
    void killedAJobEndsLikeOneThatWasNot() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"));
                ObjectServer server = ObjectServer.start()) {
            Map<String, Object> calm = settings(broker, "calm");
            finish(JobWorld.write(calm, directory.resolve("calm")));

            Place.Bucket models = ObjectServer.place();
            try (ObjectStorage storage = server.storage(models)) {
                storage.upload("mlp.pt", Path.of(String.valueOf(calm.get("model.uri"))), () -> {});
            }
            Place.Bucket checkpoints = ObjectServer.place();
            Place.Bucket exported = ObjectServer.place();
            Path killed = JobWorld.write(
                    inBucket(settings(broker, "killed"), server, models, checkpoints, exported),
                    directory.resolve("killed"));
            for (int step : KILLED_AT) {
                killAt(step, killed);
            }
            finish(killed);

            JobEnd.requireCleanLedger(broker.bootstrapServers(), "killed", STEPS);
            JobEnd.requireSameModel(directory.resolve("calm/export"), fetched(server, exported));
            requireNothingLeftOver(server, checkpoints);
            requireThatTheLedgerLooksIntoTheBucket(killed, server, exported);
            assertThat(directory.resolve("killed/checkpoints")).doesNotExist();
        }
    }

    private Map<String, Object> settings(EmbeddedKafka broker, String job) throws Exception {
        JobWorld.feed(broker.bootstrapServers(), job, STEPS);
        return JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job), STEPS);
    }

    private Map<String, Object> inBucket(
            Map<String, Object> settings,
            ObjectServer server,
            Place.Bucket models,
            Place.Bucket checkpoints,
            Place.Bucket exported) {
        Map<String, Object> all = JobWorld.inBucket(settings, server, checkpoints, directory.resolve("scratch"));
        all.put("model.uri", models.resolve("mlp.pt"));
        all.put("export.directory", exported);
        all.put("checkpoint.every-steps", 2);
        all.put("checkpoint.outbox-bytes", 1024);
        all.put("checkpoint.keep", KEEP);
        return all;
    }

    private static ServiceProcess start(Path settings) throws Exception {
        return ServiceProcess.startMain(settings, Application.class, ObjectServer.credentials());
    }

    private static void killAt(int step, Path settings) throws Exception {
        try (ServiceProcess service = start(settings)) {
            boolean there = service.awaitJob(
                    status -> status.path("commit").path("step").asLong(-1) >= step, LONG);
            assertThat(there).as(service.log()).isTrue();
            service.kill();
        }
    }

    private static void finish(Path settings) throws Exception {
        try (ServiceProcess service = start(settings)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
    }

    private Path fetched(ObjectServer server, Place.Bucket exported) throws Exception {
        Path copy = Files.createDirectories(directory.resolve("fetched"));
        try (ObjectStorage storage = server.storage(exported)) {
            List<String> names =
                    storage.list("").stream().map(StoredObject::name).toList();
            assertThat(names).hasSize(4).anyMatch(name -> name.endsWith("/manifest.json"));
            for (String name : names) {
                storage.download(name, copy.resolve(name.substring(name.indexOf('/') + 1)));
            }
        }
        return copy;
    }

    private static void requireThatTheLedgerLooksIntoTheBucket(
            Path settings, ObjectServer server, Place.Bucket exported) throws Exception {
        assertThat(ledger(settings)).startsWith("0 ").contains("3 files digested");
        try (ObjectStorage storage = server.storage(exported)) {
            String mask = storage.list("").stream()
                    .map(StoredObject::name)
                    .filter(name -> name.endsWith("/mask.safetensors"))
                    .findFirst()
                    .orElseThrow();
            storage.put(mask, new byte[] {1});
            assertThat(ledger(settings)).doesNotStartWith("0 ").contains(storage.locate(mask) + " has SHA-256 ");
        }
    }

    /** Its exit code and what it says. */
    private static String ledger(Path settings) {
        var out = new StringWriter();
        int code = Finecomb.run(
                List.of("ledger", "--config-file", settings.toString()),
                Application::settings,
                new PrintWriter(out),
                new PrintWriter(out));
        return code + " " + out;
    }

    private static void requireNothingLeftOver(ObjectServer server, Place.Bucket checkpoints) throws Exception {
        try (ObjectStorage storage = server.storage(checkpoints)) {
            Set<String> names = storage.list("").stream()
                    .map(object -> object.name().substring(0, object.name().indexOf('/')))
                    .collect(Collectors.toSet());
            assertThat(names).hasSize(KEEP + 1);
        }
    }
}
