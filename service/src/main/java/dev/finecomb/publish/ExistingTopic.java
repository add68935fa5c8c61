package dev.finecomb.publish;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as the broker describes it.
 *
 * @param partitions how many it has
 * @param replicas how many brokers keep its first partition
 * @param cleanup its cleanup policies
 * @param retentionMillis how long it keeps records, -1 for ever
 * @param maxMessageBytes the largest batch of records it takes
 */
public record ExistingTopic(
        int partitions, int replicas, Set<String> cleanup, long retentionMillis, long maxMessageBytes) {
    /** Copies the policies. */
    public ExistingTopic {
        cleanup = Set.copyOf(cleanup);
    }

    static ExistingTopic of(TopicDescription topic, Config settings) {
        String cleanup = settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().replace(" ", "");
        return new ExistingTopic(
                topic.partitions().size(),
                topic.partitions().getFirst().replicas().size(),
                cleanup.isEmpty() ? Set.of() : Set.of(cleanup.split(",", -1)),
                Long.parseLong(settings.get(TopicConfig.RETENTION_MS_CONFIG).value()),
                Long.parseLong(
                        settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value()));
    }

    /** Whether records older than this are gone. */
    boolean forgetsWithin(Duration time) {
        return retentionMillis >= 0 && retentionMillis < time.toMillis();
    }

    /** The policies as {@code cleanup.policy} writes them. */
    public String cleanupPolicy() {
        return String.join(",", new TreeSet<>(cleanup));
    }
}
