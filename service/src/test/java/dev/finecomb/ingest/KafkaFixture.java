package dev.finecomb.ingest;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What broker tests share: settings of a job, small batches, manifests, and plain clients beside the job's own. */
public final class KafkaFixture {
    public static final String INCARNATION = "i1";
    private static final String DIGEST = Sha256.hex("x".getBytes(StandardCharsets.UTF_8));

    private KafkaFixture() {}

    /** A job of that name with short times and topics that are created. */
    public static KafkaConfig config(String bootstrapServers, String job) {
        return config(bootstrapServers, job, Map.of());
    }

    public static KafkaConfig config(String bootstrapServers, String job, Map<String, String> properties) {
        return new KafkaConfig(
                bootstrapServers,
                new KafkaConfig.Names("fc", job, true),
                KafkaConfig.StartOffset.EARLIEST,
                new KafkaConfig.Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(5)),
                KafkaConfig.Delivery.EXACTLY_ONCE,
                KafkaConfig.Clients.of(properties));
    }

    /** The same job with its clients' properties in a file. */
    public static KafkaConfig withFile(KafkaConfig config, Path file) {
        return new KafkaConfig(
                config.bootstrapServers(),
                config.names(),
                config.startOffset(),
                config.timeouts(),
                config.delivery(),
                new KafkaConfig.Clients(Map.of(), Optional.of(file)));
    }

    /** The same job with other times. */
    public static KafkaConfig with(KafkaConfig config, Duration transactionTimeout, Duration connectTimeout) {
        return new KafkaConfig(
                config.bootstrapServers(),
                config.names(),
                config.startOffset(),
                new KafkaConfig.Timeouts(transactionTimeout, connectTimeout),
                config.delivery(),
                config.clients());
    }

    public static IngestConfig ingest(long prefetchBytes, long maxRecordBytes) {
        return new IngestConfig(prefetchBytes, maxRecordBytes, 0.2, IngestConfig.Merge.ORDERED);
    }

    public static Topics topics(KafkaConfig config) {
        return new Topics(config.prefix(), config.job());
    }

    /** Two samples whose every input value is {@code value}. */
    public static byte[] batch(float value) {
        ByteBuffer x = ByteBuffer.allocate(2 * 3 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (x.hasRemaining()) {
            x.putFloat(value);
        }
        ByteBuffer y = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return BatchEncoder.encode(
                new Tensor("x", DType.F32, List.of(2L, 3L), x.flip()), new Tensor("y", DType.I64, List.of(2L), y));
    }

    public static CheckpointManifest manifest(String job, long sequence, Positions positions) {
        return new CheckpointManifest(
                new Origin(job, INCARNATION, sequence * 10),
                sequence,
                positions.nextOffsets(),
                List.of(new FileEntry("state.safetensors", 1, DIGEST)),
                new Fingerprints(DIGEST, DIGEST),
                Instant.EPOCH);
    }

    public static KafkaProducer<byte[], byte[]> producer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", bootstrapServers);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static void produce(String bootstrapServers, String topic, List<byte[]> values) {
        try (var producer = producer(bootstrapServers, Map.of())) {
            for (byte[] value : values) {
                var _ = producer.send(new ProducerRecord<>(topic, value));
            }
            producer.flush();
        }
    }

    /** Everything in the topic's only partition up to its end, as a stranger sees it at that isolation level. */
    public static List<ConsumerRecord<byte[], byte[]>> readAll(String bootstrapServers, String topic, String isolation)
            throws ExecutionException, InterruptedException {
        var partition = new TopicPartition(topic, 0);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrapServers, "isolation.level", isolation, "enable.auto.commit", "false");
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
                var consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            long end = admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(500)).forEach(all::add);
            }
            return all;
        }
    }

    /** The same for a broker without transactions. */
    public static KafkaConfig atLeastOnce(KafkaConfig config) {
        return new KafkaConfig(
                config.bootstrapServers(),
                config.names(),
                config.startOffset(),
                config.timeouts(),
                KafkaConfig.Delivery.AT_LEAST_ONCE,
                config.clients());
    }
}
