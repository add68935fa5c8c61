package dev.finecomb.status;

import java.util.function.UnaryOperator;

/**
 * The place where the newest {@link JobStatus} hangs. One thread at a time writes, any thread reads without waiting.
 *
 * <p>Two threads of the service write: the loop, and the committer that reports a finished commit. So an update is a
 * function of the status before it, applied under a lock that readers never take.
 */
public final class StatusBoard {

    private final Object writers = new Object();
    private volatile JobStatus current;

    public StatusBoard(JobStatus first) {
        current = first;
    }

    /** The newest status. */
    public JobStatus current() {
        return current;
    }

    /** Replaces the status. */
    public void publish(JobStatus next) {
        synchronized (writers) {
            current = next;
        }
    }

    /**
     * Replaces the status by a function of the one before; the function runs under the writers' lock and must be short.
     */
    public void update(UnaryOperator<JobStatus> change) {
        synchronized (writers) {
            current = change.apply(current);
        }
    }
}
