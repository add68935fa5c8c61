package dev.finecomb.ingest;

import java.util.Optional;

/** Where the training thread gets the commands topic's records from, in their order. It commits nothing. */
public interface CommandSource extends AutoCloseable {
    /**
     * Begins to read, once; does not wait for a broker.
     *
     * @param topicId identity of the topic that {@code nextOffset} belongs to; of another topic, and if it is empty,
     *     everything is read that is there
     * @param nextOffset the first record to read
     */
    void start(String topicId, long nextOffset);

    /** The next record if one was read; never waits, never fails: what can't be read now is read later. */
    Optional<CommandRecord> poll();

    /** Stops reading; idempotent. */
    @Override
    void close();
}
