package dev.finecomb.ledger;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the topics began and ended when they were looked up.
 *
 * @param starts oldest offset of each partition
 * @param ends offset after the newest record, at the high watermark, so that an open transaction is seen to hide something
 */
record Bounds(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    /** The partitions of a topic. */
    Set<TopicPartition> partitions(String topic) {
        return ends.keySet().stream()
                .filter(partition -> partition.topic().equals(topic))
                .collect(Collectors.toSet());
    }

    /** Whether the topic's oldest records are deleted already. */
    boolean isTrimmed(String topic) {
        return partitions(topic).stream().anyMatch(partition -> starts.getOrDefault(partition, 0L) > 0);
    }
}
