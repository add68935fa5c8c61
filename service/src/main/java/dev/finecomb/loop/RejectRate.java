package dev.finecomb.loop;

import java.util.Base64;
import java.util.BitSet;

/**
 * The circuit breaker: counts the rejected among the last thousand records. A job's first records are judged as if a thousand
 * good ones had come before, so at a limit of 0.2 a job whose first 201 records are bad ends there.
 *
 * <p>The window is part of the cut: where a job ends must not depend on how often it was restarted on the way.
 */
final class RejectRate {
    private static final int WINDOW = 1000;

    private final double limit;
    private final BitSet rejected;
    private int next;

    /**
     * Goes on with a window.
     *
     * @param limit share of the window above which the breaker opens, 0 to 1
     * @param window what {@link #window()} said; empty for a new job
     * @throws IllegalArgumentException if it is no window
     */
    RejectRate(double limit, String window) {
        this.limit = limit;
        this.rejected = bits(window);
    }

    /** The text's bits, the oldest first; throws {@link IllegalArgumentException} if it is no window. */
    static BitSet bits(String window) {
        BitSet bits = BitSet.valueOf(Base64.getDecoder().decode(window));
        if (bits.length() > WINDOW) {
            throw new IllegalArgumentException("a window of " + bits.length() + " records, not " + WINDOW);
        }
        return bits;
    }

    void count(boolean isRejected, int records) {
        for (int i = 0; i < records; i++) {
            rejected.set(next, isRejected);
            next = (next + 1) % WINDOW;
        }
    }

    int rejected() {
        return rejected.cardinality();
    }

    boolean isTooHigh() {
        return rejected.cardinality() / (double) WINDOW > limit; // a product would round: 0.2 of 1000 is to be 200
    }

    /** The window as text, one bit a record, the oldest first; equal windows are equal texts. */
    String window() {
        BitSet oldestFirst = new BitSet(WINDOW);
        for (int at = rejected.nextSetBit(0); at >= 0; at = rejected.nextSetBit(at + 1)) {
            oldestFirst.set(Math.floorMod(at - next, WINDOW));
        }
        return Base64.getEncoder().encodeToString(oldestFirst.toByteArray());
    }
}
