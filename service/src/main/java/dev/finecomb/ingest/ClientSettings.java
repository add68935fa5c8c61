package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.security.ClientProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The properties of Kafka clients: first our preferences, over them what the configuration passes through, over both what
 * correctness depends on. All of them throw {@link dev.finecomb.security.ClientPropertiesException} if a file of the
 * configuration's can't be used, which belongs where failures of a client are handled.
 */
public final class ClientSettings {
    private ClientSettings() {}

    /** Properties every client starts from; {@code role} tells the clients of a job apart in logs and metrics. */
    public static Map<String, Object> common(KafkaConfig config, String role) {
        Map<String, Object> settings = new HashMap<>(ClientProperties.of(config));
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, config.prefix() + "." + config.job() + "-" + role);
        return settings;
    }

    /** An administrator that gives up after the time a start tries a broker. */
    public static Map<String, Object> admin(KafkaConfig config) {
        Map<String, Object> settings = common(config, "admin");
        int millis = millis(config.connectTimeout());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(millis, 10_000));
        return settings;
    }

    /**
     * A consumer that belongs to no group, never moves by itself, sees committed records only and does not interpret
     * them.
     */
    public static Map<String, Object> consumer(KafkaConfig config, String role) {
        Map<String, Object> settings = common(config, role);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    static int millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }
}
