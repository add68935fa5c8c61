package dev.finecomb.loop;

import java.util.BitSet;

/** The circuit breaker: counts the rejected among the last thousand records. */
final class RejectRate {
    private static final int WINDOW = 1000;

    private final double limit;
    private final BitSet rejected = new BitSet(WINDOW);
    private int next;

    /** @param limit share of the window above which the breaker opens, 0 to 1 */
    RejectRate(double limit) {
        this.limit = limit;
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
        return rejected.cardinality() > limit * WINDOW;
    }
}
