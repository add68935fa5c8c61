package dev.finecomb.publish;

import java.util.OptionalInt;

/**
 * How topics that are created are spread over brokers.
 *
 * @param batchPartitions partitions of the batches topic; every other topic has one, for its records need one order
 * @param replicas brokers that keep each partition; empty for the broker's own default
 */
public record TopicLayout(int batchPartitions, OptionalInt replicas) {
    /** One partition, and as many replicas as the broker makes by itself. */
    public static final TopicLayout DEFAULT = new TopicLayout(1, OptionalInt.empty());

    /** Refuses numbers below 1, and more replicas than Kafka can count, with an {@link IllegalArgumentException}. */
    public TopicLayout {
        if (batchPartitions < 1) {
            throw new IllegalArgumentException("partitions are " + batchPartitions + "; at least 1 is expected");
        }
        replicas.ifPresent(number -> {
            if (number < 1 || number > Short.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "replicas are " + number + "; 1 to " + Short.MAX_VALUE + " are expected");
            }
        });
    }
}
