package dev.finecomb.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills a job's input topic. */
final class Feeder implements AutoCloseable {
    private static final int MOST_UNSENT = 1000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final LongFunction<byte[]> values;
    private long produced;

    /** @param values of the records, by their number from 0 */
    Feeder(Job job, LongFunction<byte[]> values) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", job.bootstrapServers(),
                        "max.request.size", 16 << 20,
                        "batch.size", 256 << 10,
                        "buffer.memory", 64 << 20,
                        "linger.ms", 10),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.topic = job.topics().batches();
        this.values = values;
    }

    /** Brings the topic to so many records. */
    void fill(long records) throws InterruptedException {
        List<Future<?>> sent = new ArrayList<>();
        while (produced < records) {
            sent.add(producer.send(new ProducerRecord<>(topic, values.apply(produced++))));
            if (sent.size() >= MOST_UNSENT) {
                await(sent);
            }
        }
        await(sent);
    }

    private static void await(List<Future<?>> sent) throws InterruptedException {
        for (Future<?> record : sent) {
            try {
                record.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the input could not be produced", e.getCause());
            }
        }
        sent.clear();
    }

    @Override
    public void close() {
        producer.close();
    }
}
