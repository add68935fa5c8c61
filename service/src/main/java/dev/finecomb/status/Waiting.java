package dev.finecomb.status;

/** What a job that makes no progress waits for, so that a quiet stream is not taken for a hanging process. */
public enum Waiting {
    /** For nothing: it is supposed to make progress. */
    NOTHING,
    /** For records: every partition is read to its end. */
    INPUT,
    /** For the broker to answer. */
    BROKER,
    /** For the checkpoint store to take a checkpoint. */
    STORE
}
