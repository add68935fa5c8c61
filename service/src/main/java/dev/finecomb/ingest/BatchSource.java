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
     */
    Positions initialPositions() throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * Begins to read at these positions; once.
     *
     * @throws RestartLaterException if no broker answers
     * @throws OperatorNeededException if the input topic cannot be used
     */
    void start(Positions from) throws RestartLaterException, OperatorNeededException, InterruptedException;

    /**
     * The next record, waiting for it at most so long. An unreachable broker is not an error here: nothing arrives.
     *
     * @throws OperatorNeededException if the input was lost, truncated, re-created or may not be read; after all records
     *     read before were handed out, and from then on at every call
     * @throws RestartLaterException if reading broke in a way that a fresh start may mend
     */
    Polled poll(Duration timeout) throws InterruptedException, OperatorNeededException, RestartLaterException;

    /** Records not handed out yet, read ahead or not; empty until it is known. */
    OptionalLong lag();

    /** Stops reading; idempotent. What was not handed out is forgotten. */
    @Override
    void close();
}
