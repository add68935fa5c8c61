package dev.finecomb.sparsity;

/** Writes runs of bits one after the other into words, each word once. */
final class BitWriter {
    private final long[] words;
    private int at;
    private long word;
    private int filled;

    /** Starts at the beginning of this word. */
    BitWriter(long[] words, int at) {
        this.words = words;
        this.at = at;
    }

    /**
     * Appends a run.
     *
     * @param bits with none set beyond the run
     * @param count the run's length, 1 to 64
     */
    void put(long bits, int count) {
        word |= bits << filled;
        filled += count;
        if (filled >= Long.SIZE) {
            words[at++] = word;
            filled -= Long.SIZE;
            word = filled == 0 ? 0 : bits >>> (count - filled);
        }
    }

    /** Writes the last word, if it is not full; its other bits become 0. */
    void finish() {
        if (filled > 0) {
            words[at] = word;
        }
    }
}
