package dev.finecomb.ledger;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads one topic's committed records from the beginning to ends that were looked up at the high watermark. */
final class TopicScan {
    private static final Duration POLL_WAIT = Duration.ofMillis(500);

    private final org.apache.kafka.clients.consumer.Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Duration patience;

    TopicScan(
            org.apache.kafka.clients.consumer.Consumer<byte @Nullable [], byte @Nullable []> consumer,
            Duration patience) {
        this.consumer = consumer;
        this.patience = patience;
    }

    /**
     * Hands over every record below the ends and returns the complaints about partitions that were not readable to theirs.
     *
     * @param ends offset after the last record of each of the topic's partitions
     */
    Set<String> read(Map<TopicPartition, Long> ends, Consumer<LedgerRecord> reader) {
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        Duration idle = Duration.ZERO;
        long behind = behind(ends);
        while (behind > 0) {
            for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(POLL_WAIT)) {
                LedgerRecord found = LedgerRecord.of(record);
                if (found.offset() < ends.getOrDefault(found.source(), 0L)) {
                    reader.accept(found);
                }
            }
            long left = behind(ends);
            idle = left < behind ? Duration.ZERO : idle.plus(POLL_WAIT);
            if (idle.compareTo(patience) > 0) {
                return stuck(ends);
            }
            behind = left;
        }
        return Set.of();
    }

    private long behind(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey())))
                .sum();
    }

    private Set<String> stuck(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .filter(end -> consumer.position(end.getKey()) < end.getValue())
                .map(end -> end.getKey() + " is readable up to offset " + consumer.position(end.getKey()) + " of "
                        + end.getValue() + ", no progress for " + patience.toSeconds()
                        + " s: an open transaction hides the rest. Wait for its end, or find it with"
                        + " kafka-transactions.sh find-hanging and end it with kafka-transactions.sh abort.")
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
