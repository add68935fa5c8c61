package dev.finecomb.demo;

import dev.finecomb.protocol.batch.BatchEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The demo's input: digits that the network has not seen, in negative and moved by up to a pixel, in batches of 64. Batch
 * {@code k} is a function of the seed and {@code k}, so a producer that was interrupted goes on where the topic ends.
 */
final class DigitsStream {
    private static final int BATCH = 64;
    /** The network was pre-trained on the rows before this one. */
    private static final int FIRST_ROW = 1000;

    private final Digits digits;
    private final long seed;

    DigitsStream(Digits digits, long seed) {
        this.digits = digits;
        this.seed = seed;
    }

    /** The value of the record at offset {@code k}. */
    byte[] batch(long k) {
        var random = new SplittableRandom(seed * 1_000_003 + k);
        List<float[]> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            int row = random.nextInt(FIRST_ROW, digits.count());
            images.add(digits.negative(row, random.nextInt(-1, 2), random.nextInt(-1, 2)));
            labels.add(digits.label(row));
        }
        return BatchEncoder.encode(Digits.images(images), Digits.labels(labels));
    }

    /** Brings a topic of one partition, which nobody else writes to, to so many batches; returns how many were missing. */
    long produce(String bootstrapServers, String topic, long batches) throws InterruptedException {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 20);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            long present = end(bootstrapServers, new TopicPartition(topic, 0));
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (long k = present; k < batches; k++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, batch(k))));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
            return Math.max(0, batches - present);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the demo's stream could not be produced to " + topic, e.getCause());
        }
    }

    private static long end(String bootstrapServers, TopicPartition partition)
            throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }
}
