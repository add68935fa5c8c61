package dev.finecomb.publish;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.ClientProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The producer's properties. What the configuration passes through may choose compression, batching and
 * sizes; it cannot touch what exactly-once depends on: identity, acknowledgement, order, and that a record is given up
 * well before the broker gives up the transaction.
 */
final class ProducerSettings {
    /**
     * The topics' own limits decide what is too large, not the producer's. Nothing is set aside for it: what one commit
     * sends is bounded by the outbox, and lies in memory already.
     */
    private static final int UNLIMITED_BYTES = Integer.MAX_VALUE;

    private static final List<String> SIZES =
            List.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, ProducerConfig.BUFFER_MEMORY_CONFIG);

    private static final Duration MAX_BLOCK = Duration.ofSeconds(30);

    private ProducerSettings() {}

    /** How long one call waits for the broker before it reports a timeout. */
    static Duration maxBlock(KafkaConfig config) {
        Duration half = config.transactionTimeout().dividedBy(2);
        return half.compareTo(MAX_BLOCK) < 0 ? half : MAX_BLOCK;
    }

    /**
     * The complaints about sizes that the configuration passes through.
     *
     * @param largestBytes the largest record that has to get out
     */
    static List<String> tooSmall(KafkaConfig config, int largestBytes) {
        List<String> problems = new ArrayList<>();
        Map<String, String> all = ClientProperties.of(config);
        for (String name : SIZES) {
            String given = all.getOrDefault(name, "");
            // What is no number is refused by the client itself.
            if (given.matches("[0-9]{1,18}") && Long.parseLong(given) < largestBytes) {
                problems.add("the Kafka client property " + name + "=" + given + " is too small for records of up to "
                        + largestBytes + " bytes: remove it, or raise it to that at least");
            }
        }
        return problems;
    }

    /** The transactional producer's. */
    static Map<String, Object> of(KafkaConfig config, Topics topics) {
        Map<String, Object> settings = acknowledged(config);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topics.owner());
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                config.transactionTimeout().toMillis());
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return settings;
    }

    /** A plain producer's; its records keep their order because only one request is ever under way. */
    static Map<String, Object> withoutTransactions(KafkaConfig config) {
        Map<String, Object> settings = acknowledged(config);
        settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return settings;
    }

    private static Map<String, Object> acknowledged(KafkaConfig config) {
        Map<String, Object> settings = ClientSettings.common(config, "publisher");
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, UNLIMITED_BYTES);
        settings.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) UNLIMITED_BYTES);
        long transactionMillis = config.transactionTimeout().toMillis();
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) (transactionMillis / 2));
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) Math.min(transactionMillis / 4, 15_000));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, maxBlock(config).toMillis());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }
}
