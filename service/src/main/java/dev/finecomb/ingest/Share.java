package dev.finecomb.ingest;

/**
 * What one record contributes to a step.
 *
 * @param from first sample, counted in the record from 0
 * @param to sample after the last
 * @param of samples of the whole record
 */
public record Share(SourceRecord record, int from, int to, int of) {
    /** Whether it is all that the record holds. */
    boolean isWhole() {
        return from == 0 && to == of;
    }

    /** The samples in words. */
    String words() {
        String which = to - from == 1 ? "sample " + from : "samples " + from + " to " + (to - 1);
        return which + " of " + of;
    }
}
