package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.ServiceProcess;
import dev.finecomb.Signals;
import dev.finecomb.TopicReader;
import dev.finecomb.cli.Finecomb;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a broker, against a real one and a job that was made, fed and finished through them. */
@Timeout(120)
class CommandsIT {
    private static final String JOB = "commanded";
    private static final byte[] GARBAGE = "no batch".getBytes(StandardCharsets.UTF_8);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static Admin admin;
    private static Path settings;
    private static List<byte[]> batches;

    private record Run(int exitCode, String out, String complaints) {}

    @BeforeAll
    static void trainAJobThroughCommands() throws Exception {
        broker = EmbeddedKafka.start(directory.resolve("broker"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Path home = directory.resolve(JOB);
        settings = JobWorld.write(JobWorld.settings(broker.bootstrapServers(), JOB, home), home);
        batches = JobWorld.batches(JobWorld.STEPS);
        Run created = run("topics", "create", "--config-file", settings.toString());
        assertThat(created.exitCode()).as(created.complaints()).isZero();
        assertThat(created.out()).contains("created  finecomb.commanded.batches", "created  finecomb.models");
        JobWorld.send(broker.bootstrapServers(), JobWorld.topic(JOB, "batches"), List.of(GARBAGE, new byte[0]));
        List<String> words = new ArrayList<>(List.of("produce", "--config-file", settings.toString()));
        for (int i = 0; i < batches.size(); i++) {
            words.add(Files.write(directory.resolve(i + ".safetensors"), batches.get(i))
                    .toString());
        }
        Run produced = run(words.toArray(String[]::new));
        assertThat(produced.exitCode()).as(produced.complaints()).isZero();
        assertThat(produced.out()).startsWith("sent 30 records to finecomb.commanded.batches");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(service.exitCode(Duration.ofMinutes(2)))
                    .as(service.log())
                    .isZero();
        }
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static Run run(String... words) {
        var out = new StringWriter();
        var complaints = new StringWriter();
        int exitCode =
                Finecomb.run(List.of(words), Application::settings, new PrintWriter(out), new PrintWriter(complaints));
        return new Run(exitCode, out.toString(), complaints.toString());
    }

    /** A command about a job of this broker. */
    private static Run runOn(String job, String... words) {
        return run(Stream.concat(
                        Stream.of(words), Stream.of("--bootstrap-servers", broker.bootstrapServers(), "--job", job))
                .toArray(String[]::new));
    }

    private static long end(String topic, int partition) throws Exception {
        var there = new TopicPartition(topic, partition);
        return admin.listOffsets(Map.of(there, OffsetSpec.latest()))
                .partitionResult(there)
                .get()
                .offset();
    }

    private static List<JsonNode> json(Run run) throws Exception {
        List<JsonNode> values = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            values.add(JSON.readTree(line));
        }
        return values;
    }

    @Test
    void whatWasSentIsWhatTheJobTrainedOn() throws Exception {
        assertThat(TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(JOB, "batches")).stream()
                        .skip(2)
                        .limit(batches.size())
                        .map(ConsumerRecord::value))
                .containsExactlyElementsOf(batches);
        Run ledger = run("ledger", "--config-file", settings.toString());
        assertThat(ledger.exitCode()).as(ledger.out()).isZero();
    }

    @Test
    void theDoctorFindsNothingWrongAndEndsNoRunningJob() throws Exception {
        var job = new HashMap<String, Object>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "finecomb.running"));
        try (var running = new KafkaProducer<>(job, new ByteArraySerializer(), new ByteArraySerializer())) {
            running.initTransactions();
            running.beginTransaction();
            running.send(new ProducerRecord<>(JobWorld.topic(JOB, "commands"), new byte[1]))
                    .get();
            Run doctor = run("doctor", "--config-file", settings.toString(), "--job", "running");
            assertThat(doctor.exitCode()).as(doctor.out()).isZero();
            running.abortTransaction();
            assertThat(doctor.out())
                    .contains("transactional id finecomb.running is Ongoing")
                    .contains("the service makes it when it starts");
        }
        Run doctor = run("doctor", "--config-file", settings.toString(), "--json");
        assertThat(doctor.exitCode()).as(doctor.out()).isZero();
        assertThat(json(doctor))
                .allSatisfy(line -> assertThat(line.path("result").asText()).isEqualTo("ok"))
                .extracting(line -> line.path("check").asText())
                .contains("java", "arithmetic", "engine", "model", "checkpoints", "broker", "transactions", "rights");
    }

    @Test
    void theDoctorFailsWhereTopicsAreMissingOrTheBrokerIsAway() {
        Run absent = runOn("absent", "doctor");
        assertThat(absent.exitCode()).isEqualTo(78);
        assertThat(absent.out())
                .contains("fail  topic         finecomb.absent.batches does not exist", "warn  settings");
        Run away = run("doctor", "--job", JOB, "--bootstrap-servers", "127.0.0.1:1", "--timeout", "500ms");
        assertThat(away.exitCode()).isEqualTo(75);
        assertThat(away.out()).contains("fail  broker        No answer from 127.0.0.1:1", "warn  topics");
    }

    @Test
    void topicsAreShownBesideWhatTheyHaveToBe() throws Exception {
        assertThat(runOn("shown", "topics", "show").out())
                .contains("missing  finecomb.shown.batches", "kafka-topics.sh --bootstrap-server");
        assertThat(runOn("shown", "topics", "show").exitCode()).isEqualTo(1);
        Run created = runOn("shown", "topics", "create", "--partitions", "2");
        assertThat(created.exitCode()).as(created.complaints()).isZero();
        Run fine = runOn("shown", "topics", "show");
        assertThat(fine.exitCode()).as(fine.out()).isZero();
        assertThat(fine.out())
                .contains("ok       finecomb.shown.batches            partitions 2, replicas 1, delete, 7 d");
        alter("finecomb.shown.masks", "cleanup.policy", "delete");
        alter("finecomb.shown.events", "retention.ms", "3600000");
        Run unfit = runOn("shown", "topics", "show");
        assertThat(unfit.exitCode()).isEqualTo(1);
        assertThat(unfit.out())
                .contains("unfit    finecomb.shown.masks", "cleanup.policy=delete, which loses records")
                .contains("differs  finecomb.shown.events", "less than the 90 days");
        assertThat(runOn("shown", "topics", "create").exitCode()).isEqualTo(78);
    }

    private static void alter(String topic, String name, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
        // The answer is the controller's; the broker hears of it a moment later.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!admin.describeConfigs(List.of(resource))
                .all()
                .get()
                .values()
                .iterator()
                .next()
                .get(name)
                .value()
                .equals(value)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void metricsEventsAndMasksAreShownAsTheyWereCommitted() throws Exception {
        Run metrics = runOn(JOB, "watch", "metrics", "--from-beginning", "--limit", "30", "--json");
        List<Long> steps = new ArrayList<>();
        for (String line : metrics.out().lines().toList()) {
            steps.add(StepMetrics.decode(line.getBytes(StandardCharsets.UTF_8))
                    .origin()
                    .step());
        }
        assertThat(steps)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 30).boxed().toList());
        assertThat(runOn(JOB, "watch", "metrics", "--from-beginning", "--limit", "1")
                        .out())
                .startsWith("step      1  loss ");
        Run events = runOn(JOB, "watch", "events", "--from-beginning", "--limit", "1", "--json");
        assertThat(JobEvent.decode(events.out().strip().getBytes(StandardCharsets.UTF_8))
                        .kind()
                        .wireName())
                .isEqualTo("started");
        assertThat(runOn(JOB, "watch", "events", "--from-beginning", "--limit", "1")
                        .out())
                .contains("step      0  started");
        Run masks = runOn(JOB, "watch", "masks", "--limit", "1");
        assertThat(masks.exitCode()).as(masks.complaints()).isZero();
        assertThat(masks.out()).contains("step 30  final  2:4", "weights kept, 0.5000");
        assertThat(json(runOn(JOB, "watch", "masks", "--limit", "1", "--json"))
                        .getFirst()
                        .path("layers"))
                .isNotEmpty();
        assertThat(runOn("nobody", "watch", "metrics").complaints())
                .contains("Topic finecomb.nobody.metrics does not exist");
    }

    @Test
    void deadLettersAreListedCountedAndSentAnewAsTheyCame() throws Exception {
        String batchTopic = JobWorld.topic(JOB, "batches");
        Run listed = runOn(JOB, "dead-letters", "ls");
        assertThat(listed.out().lines().filter(line -> !line.startsWith(" ")).toList())
                .satisfiesExactly(
                        newest -> assertThat(newest).startsWith("1  ").contains("EMPTY", batchTopic + "-0@1"),
                        oldest -> assertThat(oldest).startsWith("0  ").contains("JSON_SYNTAX", batchTopic + "-0@0"));
        assertThat(runOn(JOB, "dead-letters", "ls", "--limit", "1").complaints())
                .contains("1 older ones");
        assertThat(json(runOn(JOB, "dead-letters", "ls", "--by-reason", "--json")))
                .extracting(line ->
                        line.path("reason").asText() + line.path("letters").asLong())
                .containsExactly("EMPTY1", "JSON_SYNTAX1");
        long end = end(batchTopic, 0);
        Run dry = runOn(JOB, "dead-letters", "replay", "--reason", "JSON_SYNTAX");
        assertThat(dry.out()).isEqualTo("would send 0  JSON_SYNTAX  " + batchTopic + "-0@0" + System.lineSeparator());
        assertThat(dry.complaints()).contains("nothing was sent");
        assertThat(end(batchTopic, 0)).isEqualTo(end);
        Run sent = runOn(JOB, "dead-letters", "replay", "--reason", "JSON_SYNTAX", "--yes");
        assertThat(sent.exitCode()).as(sent.complaints()).isZero();
        assertThat(sent.complaints()).contains("1 records were sent");
        ConsumerRecord<byte[], byte[]> replayed =
                TopicReader.readCommitted(broker.bootstrapServers(), batchTopic).getLast();
        assertThat(replayed.offset()).isEqualTo(end);
        assertThat(replayed.value()).isEqualTo(GARBAGE);
        assertThat(replayed.headers()).isEmpty();
    }

    @Test
    void recordsGoToThePartitionsInTurnAndOnWhereTheLastSenderEnded() throws Exception {
        assertThat(runOn("wide", "topics", "create", "--partitions", "3").exitCode())
                .isZero();
        String[] five = IntStream.range(0, 5)
                .mapToObj(i -> directory.resolve(i + ".safetensors").toString())
                .toArray(String[]::new);
        assertThat(runOn("wide", with("produce", five)).exitCode()).isZero();
        assertThat(ends("wide")).containsExactly(2L, 2L, 1L);
        assertThat(runOn("wide", with("produce", five[0], five[1], "--repeat", "2"))
                        .exitCode())
                .isZero();
        assertThat(ends("wide")).containsExactly(3L, 3L, 3L);
    }

    private static String[] with(String first, String... rest) {
        return Stream.concat(Stream.of(first), Stream.of(rest)).toArray(String[]::new);
    }

    private static List<Long> ends(String job) throws Exception {
        List<Long> ends = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            ends.add(end(JobWorld.topic(job, "batches"), partition));
        }
        return ends;
    }

    @Test
    void whatDoesNotFitTheTopicIsNotSent() throws Exception {
        String file = directory.resolve("0.safetensors").toString();
        Run nowhere = runOn("nowhere", "produce", file);
        assertThat(nowhere.exitCode()).isEqualTo(78);
        assertThat(nowhere.complaints()).contains("Topic finecomb.nowhere.batches does not exist");
        assertThat(runOn("narrow", "topics", "create").exitCode()).isZero();
        alter("finecomb.narrow.batches", "max.message.bytes", "1000");
        Run narrow = runOn("narrow", "produce", file);
        assertThat(narrow.exitCode()).isEqualTo(78);
        assertThat(narrow.complaints()).contains("does not fit topic finecomb.narrow.batches", "Nothing was sent");
        assertThat(end("finecomb.narrow.batches", 0)).isZero();
    }

    @Test
    void ctrlCEndsWatchingAndProducingInOrder() throws Exception {
        assertThat(runOn("endless", "topics", "create").exitCode()).isZero();
        Process watch =
                start("watch.out", "watch", "metrics", "--from-beginning", "--config-file", settings.toString());
        Process produce = start(
                "produce.out",
                "produce",
                directory.resolve("0.safetensors").toString(),
                "--repeat",
                "0",
                "--rate",
                "200",
                "--job",
                "endless");
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (Files.readAllLines(directory.resolve("watch.out")).size() < 30
                    || end("finecomb.endless.batches", 0) < 20) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(50);
            }
            Signals.send(watch, "INT");
            Signals.send(produce, "INT");
            assertThat(watch.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(produce.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.exitValue()).isZero();
            assertThat(produce.exitValue()).isZero();
            assertThat(Files.readString(directory.resolve("produce.out")))
                    .startsWith("sent " + end("finecomb.endless.batches", 0) + " records to ");
        } finally {
            watch.destroyForcibly();
            produce.destroyForcibly();
        }
    }

    private static Process start(String out, String... words) throws Exception {
        // Whoever was started in the background hands on that SIGINT is ignored; a terminal does not.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                System.getProperty("finecomb.jar", "target/finecomb.jar")));
        command.addAll(List.of(words));
        command.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve(out).toFile())
                .redirectError(directory.resolve(out + ".err").toFile())
                .start();
    }
}
