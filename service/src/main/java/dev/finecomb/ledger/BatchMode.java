package dev.finecomb.ledger;

/** What a step trains on. */
enum BatchMode {
    /** One record a step. */
    RECORDS,
    /** A fixed number of samples a step, whichever records they come from. */
    SAMPLES
}
