package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TestTopics;
import dev.finecomb.TopicReader;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.message.RecordPosition;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service reads several partitions, and puts its steps together of samples of several records. */
class PartitionsIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int PARTITIONS = 3;
    private static final int KILLS = Math.max(2, Battery.count("kill.count", 10) / 5);
    private static final long SEED = Long.getLong("kill.seed", 20261124L);

    @TempDir
    static Path shared;

    private static EmbeddedKafka broker;
    private static Admin admin;

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(shared.resolve("broker"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void miniBatchesAcrossPartitionsSurviveKills() throws Exception {
        long began = System.nanoTime();
        List<List<byte[]>> rounds = rounds(KILLS + 1);
        Path calm = prepare("calm", PARTITIONS, Map.of("training.batch-size", 64));
        Path killed = prepare("killed", PARTITIONS, Map.of("training.batch-size", 64, "checkpoint.every-steps", 2));
        for (List<byte[]> round : rounds) {
            send("calm", round);
        }
        try (ServiceProcess service = ServiceProcess.start(calm)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        for (List<byte[]> round : rounds.subList(0, KILLS)) {
            try (ServiceProcess service = ServiceProcess.start(killed)) {
                await(service, "learning", "removing", "settling");
                send("killed", round);
                Thread.sleep(random.nextInt(400));
                service.kill();
            }
        }
        send("killed", rounds.getLast());
        try (ServiceProcess service = ServiceProcess.start(killed)) {
            assertThat(service.exitCode(LONG))
                    .as("seed %d%n%s", SEED, service.log())
                    .isZero();
        }
        for (String file : List.of("model.safetensors", "mask.safetensors")) {
            assertThat(directory.resolve("killed/export").resolve(file))
                    .as("seed %d", SEED)
                    .hasSameBinaryContentAs(directory.resolve("calm/export").resolve(file));
        }
        assertThat(places("killed"))
                .as("seed %d", SEED)
                .isEqualTo(places("calm"))
                .hasSize(JobWorld.STEPS);
        assertThat(letters("killed"))
                .as("seed %d", SEED)
                .isEqualTo(letters("calm"))
                .isNotEmpty();
        JobEnd.requireCleanLedger(broker.bootstrapServers(), "killed", JobWorld.STEPS);
        Battery.ran(
                "mini-batches-of-3-partitions-killed",
                KILLS,
                Duration.ofNanos(System.nanoTime() - began),
                "byte-identical");
    }

    private static void send(int partition, List<byte[]> values) throws Exception {
        JobWorld.send(
                broker.bootstrapServers(),
                values.stream()
                        .map(value -> new ProducerRecord<byte[], byte[]>(
                                JobWorld.topic("grown", "batches"), partition, null, value))
                        .toList());
    }

    @Test
    void aPartitionAddedWhileItRunsIsReadAfterARestart() throws Exception {
        Path settings = prepare("grown", 1, Map.of());
        List<byte[]> batches = JobWorld.batches(JobWorld.STEPS);
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            await(service, "learning");
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic("grown", "batches"), batches.subList(0, 10));
            admin.createPartitions(Map.of(JobWorld.topic("grown", "batches"), NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            send(1, batches.subList(10, 20));
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(75);
            assertThat(service.log()).contains("had 1 partitions and now has 2");
        }
        // From now on the partitions take turns, so the first needs more records for those of the second to be read.
        send(0, batches.subList(20, JobWorld.STEPS));
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        List<String> read = places("grown");
        assertThat(read).hasSize(JobWorld.STEPS).doesNotHaveDuplicates();
        for (int partition = 0; partition < 2; partition++) {
            String prefix = partition + "@";
            List<String> ofPartition =
                    read.stream().filter(place -> place.startsWith(prefix)).toList();
            assertThat(ofPartition)
                    .containsExactlyElementsOf(LongStream.range(0, ofPartition.size())
                            .mapToObj(offset -> prefix + offset)
                            .toList());
        }
        assertThat(read.getLast()).isEqualTo("1@9");
    }

    /** Random records for more than all steps, in rounds that are sent one after another; every eighth is malformed. */
    private List<List<byte[]>> rounds(int count) {
        List<List<byte[]>> rounds = new ArrayList<>();
        int samples = 0;
        for (int round = 0; round < count; round++) {
            List<byte[]> records = new ArrayList<>();
            while (samples < (round + 1) * 64 * (JobWorld.STEPS + 6) / count || records.size() % PARTITIONS != 0) {
                if (random.nextInt(8) == 0) {
                    records.add(new byte[] {1, 2, 3});
                } else {
                    int more = 1 + random.nextInt(100);
                    records.add(record(more));
                    samples += more;
                }
            }
            rounds.add(records);
        }
        return rounds;
    }

    private byte[] record(int samples) {
        float[] x = new float[samples * 16];
        long[] y = new long[samples];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < samples; i++) {
            y[i] = random.nextInt(10);
        }
        return BatchEncoder.encode(Tensors.f32("x", x, samples, 16), Tensors.i64("y", y, samples));
    }

    /** Sends records to the partitions in turn. */
    private static void send(String job, List<byte[]> values) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            records.add(new ProducerRecord<>(JobWorld.topic(job, "batches"), i % PARTITIONS, null, values.get(i)));
        }
        JobWorld.send(broker.bootstrapServers(), records);
    }

    private Path prepare(String job, int partitions, Map<String, Object> more) throws Exception {
        TestTopics.create(admin, JobWorld.topic(job, "batches"), partitions);
        Map<String, Object> settings =
                new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job)));
        settings.putAll(more);
        Files.createDirectories(directory.resolve(job));
        return JobWorld.write(settings, directory.resolve(job));
    }

    private static void await(ServiceProcess service, String... states) throws InterruptedException {
        assertThat(service.awaitJob(status -> List.of(states).contains(state(status)), LONG))
                .as(service.log())
                .isTrue();
    }

    private static String state(JsonNode status) {
        return status.path("phase").path("state").asText();
    }

    /** For each step the record that completed it. */
    private static List<String> places(String job) throws Exception {
        List<String> places = new ArrayList<>();
        long step = 0;
        for (ConsumerRecord<byte[], byte[]> record :
                TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(job, "metrics"))) {
            StepMetrics metrics = StepMetrics.decode(record.value());
            assertThat(metrics.origin().step()).isEqualTo(++step);
            RecordPosition place = metrics.position();
            places.add(place.partition() + "@" + place.offset());
        }
        return places;
    }

    private static List<String> letters(String job) {
        List<String> letters = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> letter :
                TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(job, "dead-letters"))) {
            letters.add(header(letter, "fc-reason") + " " + header(letter, "__connect.errors.partition") + "@"
                    + header(letter, "__connect.errors.offset") + " " + header(letter, "fc-step"));
        }
        return letters;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
