package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad records by the hundreds, against the packaged service and a real broker. */
class BadRecordsIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final int RECORDS = Battery.count("records.count", 400);
    private static final long SEED = Long.getLong("records.seed", 1);

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

    /** As many bad ones as good ones, in an order drawn from the seed. */
    @Test
    void deadLettersHoldExactlyTheBadOnesAndTheModelIsThatOfTheGoodOnes() throws Exception {
        long began = System.nanoTime();
        List<byte[]> good = new ArrayList<>();
        while (good.size() < RECORDS) {
            good.addAll(JobWorld.batches(JobWorld.STEPS).subList(0, Math.min(JobWorld.STEPS, RECORDS - good.size())));
        }
        List<BadRecords.Bad> bad = BadRecords.many(good.getFirst(), RECORDS, SEED);
        assertThat(bad.stream().map(BadRecords.Bad::reason).distinct()).hasSizeGreaterThanOrEqualTo(14);
        List<Boolean> order = new ArrayList<>(Collections.nCopies(RECORDS, true));
        order.addAll(Collections.nCopies(RECORDS, false));
        Collections.shuffle(order, new Random(SEED));
        List<ProducerRecord<byte[], byte[]>> mixed = new ArrayList<>();
        var nextGood = good.iterator();
        var nextBad = bad.iterator();
        for (boolean sound : order) {
            mixed.add(
                    sound
                            ? record("mixed", nextGood.next())
                            : nextBad.next().record(JobWorld.topic("mixed", "batches")));
        }

        train("clean", good.stream().map(value -> record("clean", value)).toList());
        String log = train("mixed", mixed);

        requireLetters(bad, order, mixed);
        for (String file : List.of("model.safetensors", "mask.safetensors")) {
            assertThat(directory.resolve("mixed/export").resolve(file))
                    .as("seed %d", SEED)
                    .hasSameBinaryContentAs(directory.resolve("clean/export").resolve(file));
        }
        requireSteps("mixed", RECORDS);
        assertThat(log.lines().filter(line -> line.contains("rejected record=")).count())
                .as("lines of the log about single records")
                .isLessThan(Math.max(200, RECORDS / 2));
        Battery.ran(
                "bad-and-good-records",
                2L * RECORDS,
                Duration.ofNanos(System.nanoTime() - began),
                bad.size() + " dead letters; one model");
    }

    /** At the ratio it goes on; one more ends it with all that is good committed; a restart changes neither. */
    @Test
    void tooManyBadRecordsEndTheJobWith78() throws Exception {
        List<byte[]> good = JobWorld.batches(JobWorld.STEPS);
        byte[] bad = "{\"x\": [[1, 2], [3]]}".getBytes(StandardCharsets.UTF_8);
        Path settings = prepare("broken", JobWorld.STEPS, Map.of("ingest.max-reject-ratio", 0.2));
        List<byte[]> allowed = new ArrayList<>(good.subList(0, 20));
        allowed.addAll(Collections.nCopies(200, bad));
        allowed.add(good.get(20));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitState(service);
            send(allowed.stream().map(value -> record("broken", value)).toList());
            assertThat(service.awaitJob(status -> committedStep(status) == 21, LONG))
                    .as(service.log())
                    .isTrue();
            service.terminate();
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }

        requireEnd(settings, List.of(good.get(21), bad, bad), "201 of the last 1000 records", 22, 201);
        // The second of the two is still there; whoever starts again without mending loses one record, not 200.
        requireEnd(settings, List.of(), "202 of the last 1000 records", 22, 202);
    }

    private void requireEnd(Path settings, List<byte[]> more, String words, int steps, int letters) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            send(more.stream().map(value -> record("broken", value)).toList());
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(78);
            assertThat(service.log())
                    .contains(words, "max-reject-ratio 0.2", "The last one: SHAPE, tensor 'x' is ragged");
        }
        requireSteps("broken", steps);
        assertThat(read("broken", "dead-letters")).hasSize(letters);
        JobEvent last = JobEvent.decode(read("broken", "events").getLast().value());
        assertThat(last.kind()).isEqualTo(EventKind.FAILED);
        assertThat(last.details().toString()).contains(words, "78");
    }

    private static void requireLetters(
            List<BadRecords.Bad> bad, List<Boolean> order, List<ProducerRecord<byte[], byte[]>> mixed)
            throws Exception {
        List<ConsumerRecord<byte[], byte[]>> letters = read("mixed", "dead-letters");
        assertThat(letters).hasSameSizeAs(bad);
        int next = 0;
        for (int offset = 0; offset < order.size(); offset++) {
            if (order.get(offset)) {
                continue;
            }
            String where = "seed " + SEED + ", offset " + offset;
            ConsumerRecord<byte[], byte[]> letter = letters.get(next);
            DeadLetter read = DeadLetter.readFrom(letter.headers());
            assertThat(read.reason()).as(where).isEqualTo(bad.get(next).reason().name());
            assertThat(read.offset()).as(where).isEqualTo(offset);
            assertThat(read.partition().toString()).as(where).isEqualTo(JobWorld.topic("mixed", "batches") + "-0");
            assertThat(read.detail()).as(where).isNotEmpty();
            ProducerRecord<byte[], byte[]> sent = mixed.get(offset);
            assertThat(letter.key()).as(where).isEqualTo(sent.key());
            assertThat(letter.value()).as(where).isEqualTo(sent.value());
            Header[] before = sent.headers().toArray();
            assertThat(Arrays.copyOf(letter.headers().toArray(), before.length))
                    .as(where)
                    .isEqualTo(before);
            next++;
        }
    }

    private Path prepare(String job, int steps, Map<String, Object> more) throws Exception {
        Map<String, Object> settings =
                new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job)));
        settings.put("sparsity.removal-end", steps / 2);
        settings.put("sparsity.settle-steps", steps - steps / 2);
        settings.putAll(more);
        return JobWorld.write(settings, directory.resolve(job));
    }

    private String train(String job, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(prepare(job, RECORDS, Map.of()))) {
            awaitState(service);
            send(records);
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            return service.log();
        }
    }

    private static void awaitState(ServiceProcess service) throws InterruptedException {
        Predicate<JsonNode> learning =
                status -> status.path("phase").path("state").asText().equals("learning");
        assertThat(service.awaitJob(learning, LONG)).as(service.log()).isTrue();
    }

    private static long committedStep(JsonNode status) {
        return status.path("commit").path("step").asLong();
    }

    /** In order, without waiting for each. */
    private static void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String job, byte[] value) {
        return new ProducerRecord<>(JobWorld.topic(job, "batches"), 0, null, value);
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String job, String topic) {
        return TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(job, topic));
    }

    private static void requireSteps(String job, int steps) throws Exception {
        List<Long> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read(job, "metrics")) {
            found.add(StepMetrics.decode(record.value()).origin().step());
        }
        assertThat(found)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, steps).boxed().toList());
    }
}
