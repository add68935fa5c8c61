package dev.finecomb.ingest;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where the training thread gets its records from, of each partition in that partition's order. It hands out; whose turn it
 * is, what was handed out and what is committed is the caller's to know.
 */
public interface BatchSource extends AutoCloseable {
    /**
     * Where a job without any history begins, as concrete offsets: what {@code earliest} or {@code latest} means now.
     *
     * @throws RestartLaterException if no broker answers
     * @throws OperatorNeededException if the input topic cannot be used
     * @throws InterruptedException if the thread was told to stop waiting
     */
    Positions initialPositions() throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * The identity of the input topic, which no other topic has, not even a later one of the same name; known since
     * {@link #initialPositions()} or {@link #start}. A job keeps it beside its positions, which mean nothing elsewhere.
     *
     * @throws IllegalStateException before
     */
    String topicId();

    /** Begins to read at these positions of whichever topic has the name now; see {@link #start(Positions, String)}. */
    default Positions start(Positions from)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        return start(from, "");
    }

    /**
     * Begins to read at these positions; once. Partitions that were added to the topic since are read from their beginning.
     *
     * @return the positions, those of added partitions included: partitions from 0 on without a gap
     * @param expectedTopicId the {@link #topicId()} that the positions belong to, or empty for any
     * @throws RestartLaterException if no broker answers
     * @throws OperatorNeededException if the input topic cannot be used, lacks a partition, or is another one than expected,
     *     or than {@link #initialPositions()} found
     * @throws InterruptedException if the thread was told to stop waiting
     */
    Positions start(Positions from, String expectedTopicId)
            throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * The next record of one of these partitions, the one that arrived first; waits for it at most so long. An unreachable
     * broker is not an error here: nothing arrives.
     *
     * @throws OperatorNeededException if the input was lost, truncated, re-created or may not be read; after all records of
     *     these partitions read before were handed out, or at once if they may be another topic's; and from then on at
     *     every call
     * @throws RestartLaterException if reading broke in a way that a fresh start may mend, or partitions were added
     */
    Polled poll(Set<Integer> partitions, Duration timeout)
            throws InterruptedException, OperatorNeededException, RestartLaterException;

    /**
     * Makes sure that everything handed out so far came from the topic of {@link #topicId()}, and not from one that took its
     * name since; for any thread, before what was handed out is made to count. A source whose input can't be exchanged has
     * nothing to make sure of.
     *
     * @throws OperatorNeededException if it may be another topic's, or the topic is gone
     * @throws RestartLaterException if no broker answered in time, so that nothing is known; to be asked again
     */
    default void confirm() throws RestartLaterException, OperatorNeededException, InterruptedException {}

    /**
     * Whether no broker answered when one was asked last, some seconds ago: then nothing that arrives does not mean that
     * nothing is there. A source without a broker misses none.
     */
    default boolean isBrokerAway() {
        return false;
    }

    /** Records not handed out yet, of all partitions, read ahead or not; empty until it is known. */
    OptionalLong lag();

    /** Stops reading; idempotent. What was not handed out is forgotten. */
    @Override
    void close();
}
