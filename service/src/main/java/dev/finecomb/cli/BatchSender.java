package dev.finecomb.cli;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records in order and each once, and counts those that the broker has confirmed. After the first that failed it takes
 * no more.
 */
final class BatchSender implements AutoCloseable {
    /** Longer than the producer's requests, as Kafka demands. */
    private static final int DELIVERY_MARGIN_MILLIS = 1000;

    /** Kafka's own default. */
    private static final long BUFFER_BYTES = 32L << 20;

    /** For key, headers and framing of the largest record. */
    private static final long BUFFER_MARGIN_BYTES = 1L << 20;

    private final KafkaProducer<byte @Nullable [], byte @Nullable []> producer;
    private final AtomicLong confirmed = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private BatchSender(KafkaProducer<byte @Nullable [], byte @Nullable []> producer) {
        this.producer = producer;
    }

    /**
     * Connects to the broker.
     *
     * @param largest bytes of the largest value that is going to be sent
     */
    static BatchSender open(BrokerOptions broker, long largest) throws CommandFailure {
        Map<String, Object> settings = broker.patientProperties();
        int millis = Math.clamp(broker.timeout().toMillis(), 1, Integer.MAX_VALUE - DELIVERY_MARGIN_MILLIS);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) millis);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis + DELIVERY_MARGIN_MILLIS);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        // The topic's own limit decides what is too large, not the client's.
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.MAX_VALUE);
        long leastBuffer = largest + BUFFER_MARGIN_BYTES;
        settings.merge(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Math.max(BUFFER_BYTES, leastBuffer),
                (given, _) -> isLess(given, leastBuffer) ? leastBuffer : given);
        return new BatchSender(new KafkaProducer<>(settings));
    }

    /** What is no number Kafka itself refuses. */
    private static boolean isLess(Object given, long bytes) {
        try {
            return Long.parseLong(String.valueOf(given).strip()) < bytes;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Hands over; throws the failure of an earlier record, if there is one. */
    void send(ProducerRecord<byte @Nullable [], byte @Nullable []> record) {
        send(record, () -> {});
    }

    /** As {@link #send(ProducerRecord)}; what to do once the broker has confirmed it is done on the producer's thread. */
    void send(ProducerRecord<byte @Nullable [], byte @Nullable []> record, Runnable onConfirmed) {
        refuseIfFailed();
        Future<RecordMetadata> _ = producer.send(record, (_, failed) -> {
            if (failed == null) {
                confirmed.incrementAndGet();
                onConfirmed.run();
            } else {
                failure.compareAndSet(null, failed);
            }
        });
    }

    /** Waits until all are confirmed; throws the first failure. */
    void flush() {
        producer.flush();
        refuseIfFailed();
    }

    private void refuseIfFailed() {
        Exception failed = failure.get();
        if (failed != null) {
            throw failed instanceof KafkaException known ? known : new KafkaException(failed);
        }
    }

    /** How many the broker has confirmed so far. */
    long confirmed() {
        return confirmed.get();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
