package dev.finecomb.status;

import java.util.Locale;

/** The names under which the states of a job appear outside the loop. */
public enum StateName {
    /** Reading its checkpoint, or waiting for what it needs to start. */
    RESTORING,
    /** Removal has not begun. */
    LEARNING,
    /** Combinations are being removed. */
    REMOVING,
    /** The masks are final, the weights still learn. */
    SETTLING,
    /** The finished model is being written and proven. */
    EXPORTING,
    /** The finished model is announced. */
    FINALIZED,
    /** Stopped between two steps until told to go on. */
    PAUSED,
    /** Ending because of a failure. */
    FAILED;

    /** The name on the wire: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
