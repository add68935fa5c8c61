package dev.finecomb.status;

import java.util.Locale;

/** What a job that makes no progress waits for, so that a quiet stream is not taken for a hanging process. */
public enum Waiting {
    /** For nothing: it is supposed to make progress. */
    NOTHING,
    /** For records: every partition is read to its end. */
    INPUT,
    /** For the broker to answer. */
    BROKER,
    /** For the store to take a checkpoint, or the finished model. */
    STORE,
    /** For somebody to give an order: paused or finished. */
    COMMAND;

    /** The name on the wire: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
