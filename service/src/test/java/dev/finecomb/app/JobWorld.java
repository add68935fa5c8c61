package dev.finecomb.app;

import dev.finecomb.TestConfig;
import dev.finecomb.TestTopics;
import dev.finecomb.config.Place;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.storage.ObjectServer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A small job for process tests: an MLP of 16 inputs and 10 classes, 30 steps, 2:4. */
final class JobWorld {
    static final int STEPS = 30;

    private static final Path GOLDEN = Path.of("src/test/resources/golden/mlp-2of4");

    private JobWorld() {}

    static Map<String, Object> settings(String bootstrapServers, String job, Path directory) {
        return settings(bootstrapServers, job, directory, STEPS);
    }

    /** The same of another length. */
    static Map<String, Object> settings(String bootstrapServers, String job, Path directory, int steps) {
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(GOLDEN.resolve("model.pt"), directory));
        settings.put("kafka.bootstrap-servers", bootstrapServers);
        settings.put("kafka.job", job);
        settings.put("kafka.create-topics", true);
        settings.put("model.classes", 10);
        settings.put("sparsity.removal-end", steps / 2);
        settings.put("sparsity.settle-steps", steps - steps / 2);
        settings.put("ingest.max-record-bytes", 8192);
        settings.put("ingest.max-reject-ratio", 1);
        settings.put("export.when-finished", "stop");
        return settings;
    }

    /** The same with its checkpoints in a bucket of that server. */
    static Map<String, Object> inBucket(
            Map<String, Object> settings, ObjectServer server, Place.Bucket checkpoints, Path scratch) {
        Map<String, Object> all = new TreeMap<>(settings);
        all.put("checkpoint.directory", checkpoints);
        all.putAll(server.settings());
        all.put("object-storage.scratch", scratch);
        return all;
    }

    /** Writes the settings as a file that the service reads. */
    static Path write(Map<String, Object> settings, Path directory) throws IOException {
        Files.createDirectories(directory);
        StringBuilder properties = new StringBuilder();
        settings.forEach((name, value) -> properties
                .append("finecomb.")
                .append(name)
                .append('=')
                .append(value)
                .append('\n'));
        return Files.writeString(directory.resolve("finecomb.properties"), properties, StandardCharsets.UTF_8);
    }

    /** The first good batches, as record values; the file's come again and again. */
    static List<byte[]> batches(int count) throws Exception {
        List<byte[]> values = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("batches.safetensors"))) {
            int period = file.entries().size() / 2;
            for (int step = 0; step < count; step++) {
                values.add(BatchEncoder.encode(tensor(file, "x", step % period), tensor(file, "y", step % period)));
            }
        }
        return values;
    }

    private static Tensor tensor(SafetensorsFile file, String name, int step) {
        SafetensorsFile.Entry entry = file.find(name + "." + step).orElseThrow();
        ByteBuffer bytes = ByteBuffer.wrap(entry.data().toArray(ValueLayout.JAVA_BYTE));
        return new Tensor(name, entry.dtype(), entry.shape(), bytes);
    }

    static String topic(String job, String name) {
        return "finecomb." + job + "." + name;
    }

    /** Makes the input topic of a job that was never started, with so many batches in it. */
    static void feed(String bootstrapServers, String job, int batches) throws Exception {
        String topic = topic(job, "batches");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TestTopics.create(admin, topic, 1);
        }
        send(bootstrapServers, topic, batches(batches));
    }

    /** Sends values, in order, to partition 0. */
    static void send(String bootstrapServers, String topic, List<byte[]> values) throws Exception {
        send(
                bootstrapServers,
                values.stream()
                        .map(value -> new ProducerRecord<byte[], byte[]>(topic, 0, null, value))
                        .toList());
    }

    static void send(String bootstrapServers, Iterable<ProducerRecord<byte[], byte[]>> records) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }
}
