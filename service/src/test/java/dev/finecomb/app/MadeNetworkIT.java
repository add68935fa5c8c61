package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.JobEnd;
import dev.finecomb.TestConfig;
import dev.finecomb.TestTopics;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Jobs that begin without a model's file, from the first start to the export. */
@ResourceLock(FaultJob.ENGINE)
class MadeNetworkIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int HALF = JobWorld.STEPS / 2;

    @TempDir
    static Path shared;

    static EmbeddedKafka broker;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aStoppedJobGoesOnWithTheNetworkItBeganWith() throws Exception {
        JobWorld.feed(broker.bootstrapServers(), "calm", JobWorld.STEPS);
        run(config("calm", "32, 16"));
        emptyInput("stopped");
        FinecombConfig stopped = config("stopped", "32, 16");

        Path module;
        try (JobThread job = JobThread.start(stopped)) {
            job.awaitRestored();
            send("stopped", 0, HALF);
            job.awaitCommitted(HALF);
            module = module("stopped");
            assertThat(job.status().identity().modelUri())
                    .isEqualTo(module.toUri().toString());
            assertThat(job.stop()).as(job.failure()).isEqualTo(ExitCode.DONE);
        }
        String digest = Sha256.hex(module);
        send("stopped", HALF, JobWorld.STEPS);
        run(stopped);

        assertThat(module("stopped")).isEqualTo(module);
        assertThat(Sha256.hex(module)).isEqualTo(digest).isEqualTo(Sha256.hex(module("calm")));
        JsonNode manifest = new JsonMapper()
                .readTree(export("stopped").resolve("manifest.json").toFile());
        assertThat(manifest.path("modelSha256").asText()).isEqualTo(digest);
        assertThat(manifest.at("/configuration/finecomb.model.architecture.hidden")
                        .asText())
                .isEqualTo("32,16");
        JobEnd.requireSameModel(export("calm"), export("stopped"));
        JobEnd.requireEachStepOnce(broker.bootstrapServers(), "stopped", JobWorld.STEPS);
    }

    @Test
    void anotherNetworkIsAnotherJob() throws Exception {
        JobWorld.feed(broker.bootstrapServers(), "fixed", HALF);
        try (JobThread job = JobThread.start(config("fixed", "32, 16"))) {
            job.awaitCommitted(HALF);
            assertThat(job.stop()).as(job.failure()).isEqualTo(ExitCode.DONE);
        }

        try (JobThread job = JobThread.start(config("fixed", "32, 24"))) {
            assertThat(job.end(LONG)).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(job.failure())
                    .contains("job fixed began with the model of SHA-256", "finecomb.model.architecture now gives");
        }
    }

    private static void run(FinecombConfig config) throws Exception {
        try (JobThread job = JobThread.start(config)) {
            assertThat(job.end(LONG)).as(job.failure()).isEqualTo(ExitCode.DONE);
        }
    }

    private FinecombConfig config(String job, String hidden) {
        Map<String, Object> settings = JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job));
        settings.remove("model.uri");
        settings.put("model.architecture.kind", "mlp");
        settings.put("model.architecture.inputs", "16");
        settings.put("model.architecture.hidden", hidden);
        settings.put("model.architecture.classes", "10");
        settings.put("checkpoint.every-steps", "5");
        return TestConfig.of(settings);
    }

    private Path export(String job) {
        return directory.resolve(job).resolve("export");
    }

    /** The one module beside the checkpoints. */
    private Path module(String job) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(job).resolve("checkpoints"))) {
            List<Path> modules =
                    files.filter(file -> file.toString().endsWith(".pt")).toList();
            assertThat(modules).hasSize(1);
            return modules.getFirst();
        }
    }

    private static void emptyInput(String job) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TestTopics.create(admin, JobWorld.topic(job, "batches"), 1);
        }
    }

    private static void send(String job, int from, int to) throws Exception {
        JobWorld.send(
                broker.bootstrapServers(),
                JobWorld.topic(job, "batches"),
                JobWorld.batches(to).subList(from, to));
    }
}
