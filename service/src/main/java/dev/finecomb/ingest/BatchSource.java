package dev.finecomb.ingest;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Where the training thread gets its batches from, in the order of the input. It hands out; what was handed out and what
 * is committed is the caller's to know.
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
    default void start(Positions from) throws RestartLaterException, OperatorNeededException, InterruptedException {
        start(from, "");
    }

    /**
     * Begins to read at these positions; once.
     *
     * @param expectedTopicId the {@link #topicId()} that the positions belong to, or empty for any
     * @throws RestartLaterException if no broker answers
     * @throws OperatorNeededException if the input topic cannot be used, or is another one than expected, or than
     *     {@link #initialPositions()} found
     * @throws InterruptedException if the thread was told to stop waiting
     */
    void start(Positions from, String expectedTopicId)
            throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * The next record, waiting for it at most so long. An unreachable broker is not an error here: nothing arrives.
     *
     * @throws OperatorNeededException if the input was lost, truncated, re-created or may not be read; after all records
     *     read before were handed out, or at once if they may be another topic's; and from then on at every call
     * @throws RestartLaterException if reading broke in a way that a fresh start may mend
     */
    Polled poll(Duration timeout) throws InterruptedException, OperatorNeededException, RestartLaterException;

    /** Records not handed out yet, read ahead or not; empty until it is known. */
    OptionalLong lag();

    /** Stops reading; idempotent. What was not handed out is forgotten. */
    @Override
    void close();
}
