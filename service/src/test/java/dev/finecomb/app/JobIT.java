package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.cli.Finecomb;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.MaskSubscriber;
import dev.finecomb.protocol.message.FinishedModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service against a real broker: what it publishes and obeys. */
class JobIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir
    static Path shared;

    static EmbeddedKafka broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aFinishedJobIsAnnouncedWithItsFinalMask() throws Exception {
        train(
                "announced",
                JobWorld.batches(JobWorld.STEPS).stream()
                        .map(value -> record("announced", value))
                        .toList());

        try (MaskSubscriber masks = MaskSubscriber.connect(
                Map.of("bootstrap.servers", broker.bootstrapServers()), new Topics("finecomb", "announced"))) {
            MaskSnapshot newest = masks.awaitNewest(Duration.ofSeconds(20));
            assertThat(newest.state()).isEqualTo(MaskState.FINAL);
            assertThat(newest.layers())
                    .allSatisfy(layer -> assertThat(layer.kept() * 2)
                            .isEqualTo(layer.layout().elements()));
        }
        FinishedModel model = TopicReader.readCommitted(broker.bootstrapServers(), "finecomb.models").stream()
                .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals("announced"))
                .map(record -> decode(record.value()))
                .reduce((first, second) -> second)
                .orElseThrow();
        assertThat(model.origin().step()).isEqualTo(JobWorld.STEPS);
        assertThat(model.proof().sparseLayers()).isPositive();
        requireLedgerCommand("announced");
    }

    /** The sub-command as users run it; then, in this process, what it says of a job that is not as it should be. */
    private void requireLedgerCommand(String job) throws Exception {
        Path out = directory.resolve("ledger.json");
        Process ledger = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("finecomb.jar", "target/finecomb.jar"),
                        "ledger",
                        "--bootstrap-servers",
                        broker.bootstrapServers(),
                        "--job",
                        job,
                        "--json")
                .redirectOutput(out.toFile())
                .redirectError(directory.resolve("ledger.err").toFile())
                .start();
        try {
            assertThat(ledger.waitFor(60, TimeUnit.SECONDS)).isTrue();
            JsonNode report = new JsonMapper().readTree(out.toFile());
            assertThat(ledger.exitValue()).as(report.toPrettyString()).isZero();
            assertThat(report.path("holds").asBoolean()).isTrue();
            assertThat(report.path("ok").asInt()).isEqualTo(11);
        } finally {
            ledger.destroyForcibly();
        }
        assertThat(audit(job + "s", "20s")).contains("1 ", "Is the job's name \"" + job + "s\"");
        var repeated = read(job, "metrics").getFirst();
        JobWorld.send(
                broker.bootstrapServers(),
                List.of(new ProducerRecord<>(
                        repeated.topic(), 0, repeated.key(), repeated.value(), repeated.headers())));
        assertThat(audit(job, "20s")).contains("1 ", "BAD   ids", "repeats ce_id announced/");
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "foreign"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(JobWorld.topic(job, "masks"), new byte[1], new byte[1]))
                    .get();
            assertThat(audit(job, "1s")).contains("1 ", "BAD   reading", "an open transaction hides");
            producer.abortTransaction();
        }
    }

    private static String audit(String job, String timeout) {
        var out = new StringWriter();
        var print = new PrintWriter(out);
        int code = Finecomb.run(
                List.of("ledger", "--bootstrap-servers", broker.bootstrapServers(), "--job", job, "--timeout", timeout),
                print,
                print);
        return code + " " + out;
    }

    @Test
    void ordersAreObeyedBetweenStepsOrRefusedWithTheReason() throws Exception {
        Path settings = prepare("ordered", Map.of("export.when-finished", "idle"));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitState(service, "learning");
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic("ordered", "batches"), JobWorld.batches(10));
            awaitCommitted(service, 10);
            assertThat(service.post("export").statusCode()).isEqualTo(409);
            assertThat(service.post("resume").statusCode()).isEqualTo(409);
            assertThat(service.post("pause").statusCode()).isEqualTo(200);
            awaitState(service, "paused");
            JobWorld.send(
                    broker.bootstrapServers(),
                    JobWorld.topic("ordered", "batches"),
                    JobWorld.batches(25).subList(10, 25));
            assertThat(service.post("checkpoint").body()).contains("\"step\":10");
            assertThat(service.get("/health/liveness").statusCode()).isEqualTo(200);
            assertThat(service.get("/health/readiness").statusCode()).isEqualTo(200);
            assertThat(service.get("/prometheus").body()).contains("finecomb_step_seconds", "finecomb_survivors");
            assertThat(service.post("resume").statusCode()).isEqualTo(200);
            awaitCommitted(service, 25);
            assertThat(service.post("export").statusCode()).isEqualTo(200);
            awaitState(service, "settling");
            assertThat(directory.resolve("ordered/export/manifest.json")).exists();
            assertThat(service.post("dance").statusCode()).isEqualTo(404);
            assertThat(service.post("stop").statusCode()).isEqualTo(200);
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        finish("ordered", settings, 25);
    }

    @Test
    void sigtermMakesACutAndEndsWithZero() throws Exception {
        Path settings = prepare("terminated", Map.of("checkpoint.every", "1h"));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitState(service, "learning");
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic("terminated", "batches"), JobWorld.batches(7));
            await(service, status -> step(status) == 7);
            service.terminate();
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        assertThat(read("terminated", "metrics")).hasSize(7);
        finish("terminated", settings, 7);
    }

    @Test
    void aSecondProcessTakesOverAndTheFirstEndsWith75() throws Exception {
        Path settings = prepare("owned", Map.of("checkpoint.every-steps", 3));
        try (ServiceProcess first = ServiceProcess.start(settings)) {
            awaitState(first, "learning");
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic("owned", "batches"), JobWorld.batches(10));
            awaitCommitted(first, 10);
            try (ServiceProcess second = ServiceProcess.start(settings)) {
                await(second, status -> step(status) == 10);
                List<byte[]> all = JobWorld.batches(JobWorld.STEPS);
                // Both train on these, and both write checkpoints of the same names; one of them may commit.
                JobWorld.send(
                        broker.bootstrapServers(), JobWorld.topic("owned", "batches"), all.subList(10, all.size()));
                assertThat(first.exitCode(LONG)).as(first.log()).isEqualTo(75);
                assertThat(second.exitCode(LONG)).as(second.log()).isZero();
            }
        }
        JobEnd.requireCleanLedger(broker.bootstrapServers(), "owned", JobWorld.STEPS);
    }

    /** Starts again, feeds what is missing, and holds the whole life of the job to its promises. */
    private void finish(String job, Path settings, int done) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            await(service, status -> step(status) == done);
            List<byte[]> all = JobWorld.batches(JobWorld.STEPS);
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic(job, "batches"), all.subList(done, all.size()));
            if (service.awaitJob(status -> state(status).equals("finalized"), LONG)) {
                service.terminate();
            }
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        JobEnd.requireCleanLedger(broker.bootstrapServers(), job, JobWorld.STEPS);
    }

    private Path prepare(String job, Map<String, Object> more) throws Exception {
        Map<String, Object> settings =
                new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job)));
        settings.putAll(more);
        return JobWorld.write(settings, directory.resolve(job));
    }

    private void train(String job, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(prepare(job, Map.of()))) {
            awaitState(service, "learning");
            JobWorld.send(broker.bootstrapServers(), records);
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String job, byte[] value) {
        return new ProducerRecord<>(JobWorld.topic(job, "batches"), 0, null, value);
    }

    private static void awaitState(ServiceProcess service, String state) throws InterruptedException {
        await(service, status -> state(status).equals(state));
    }

    private static void awaitCommitted(ServiceProcess service, long step) throws InterruptedException {
        await(service, status -> status.path("commit").path("step").asLong() == step);
    }

    private static void await(ServiceProcess service, Predicate<JsonNode> wanted) throws InterruptedException {
        assertThat(service.awaitJob(wanted, LONG)).as(service.log()).isTrue();
    }

    private static String state(JsonNode status) {
        return status.path("phase").path("state").asText();
    }

    private static long step(JsonNode status) {
        return status.path("training").path("progress").path("step").asLong();
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String job, String topic) {
        return TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(job, topic));
    }

    private static FinishedModel decode(byte[] value) {
        try {
            return FinishedModel.decode(value);
        } catch (dev.finecomb.protocol.MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }
}
