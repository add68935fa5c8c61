package dev.finecomb;

import java.util.Locale;

/** The moments of a cut's life at which a test ends the process, in their order. */
public enum KillPoint {
    /** A record was handed out and nothing was done with it. */
    POLL,
    /** The engine is in the middle of a step. */
    MID_STEP,
    /** The state is copied, and nothing of it is written. */
    SNAPSHOT,
    /** Half of what one write was to write is written. */
    HALF_A_FILE,
    /** Every file of the checkpoint is durable under a temporary name. */
    BEFORE_RENAME,
    /** The checkpoint has its name, which a power cut could still take away. */
    BEFORE_DIRECTORY_SYNC,
    /** The checkpoint is durable and no transaction has begun. */
    DURABLE_NOT_BEGUN,
    /** The transaction has begun and is empty. */
    BEGUN,
    /** The transaction holds some of its records. */
    BETWEEN_CHUNKS,
    /** The transaction holds everything. */
    OFFSETS_SENT,
    /** The request to commit has left the process, and the answer was not heard. */
    COMMIT_SENT,
    /** The answer was heard, and nothing was done about it. */
    COMMIT_ACKNOWLEDGED,
    /** A superseded checkpoint is about to lose its name. */
    BEFORE_GC,
    /** Some of a superseded checkpoint's files are deleted. */
    IN_GC;

    /** The name in settings and reports: lower case, with hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
