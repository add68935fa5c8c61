package dev.finecomb.publish;

import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as the broker describes it.
 *
 * @param cleanup its cleanup policies
 * @param maxMessageBytes the largest batch of records it takes
 */
record ExistingTopic(int partitions, Set<String> cleanup, long maxMessageBytes) {
    ExistingTopic {
        cleanup = Set.copyOf(cleanup);
    }

    static ExistingTopic of(TopicDescription topic, Config settings) {
        String cleanup = settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().replace(" ", "");
        return new ExistingTopic(
                topic.partitions().size(),
                cleanup.isEmpty() ? Set.of() : Set.of(cleanup.split(",", -1)),
                Long.parseLong(
                        settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value()));
    }
}
