package dev.finecomb.protocol;

import java.time.Duration;

/**
 * What a topic must be like for its data to be safe in it.
 *
 * @param name the topic's name
 * @param partitions how many partitions it is created with
 * @param cleanup how Kafka rids it of old records
 */
public record TopicSpec(String name, int partitions, Cleanup cleanup) {
    /** How a topic forgets. */
    public sealed interface Cleanup {
        /** Value of the topic's {@code cleanup.policy}. */
        String policy();
    }

    /** Records go once they are older than the retention. */
    public record Delete(Duration retention) implements Cleanup {
        @Override
        public String policy() {
            return "delete";
        }
    }

    /** The newest record of each key stays for ever. */
    public record Compact() implements Cleanup {
        @Override
        public String policy() {
            return "compact";
        }
    }

    static TopicSpec deleted(String name, Duration retention) {
        return new TopicSpec(name, 1, new Delete(retention));
    }

    static TopicSpec compacted(String name) {
        return new TopicSpec(name, 1, new Compact());
    }
}
