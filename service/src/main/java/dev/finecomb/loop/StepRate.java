package dev.finecomb.loop;

import java.util.OptionalDouble;

/** Steps per second over the last steps, for people who watch. */
final class StepRate {
    private static final int WINDOW = 50;

    private final long[] nanos = new long[WINDOW];
    private long steps;

    void step(long now) {
        nanos[(int) (steps++ % WINDOW)] = now;
    }

    OptionalDouble perSecond() {
        int known = (int) Math.min(steps, WINDOW);
        if (known < 2) {
            return OptionalDouble.empty();
        }
        long newest = nanos[(int) ((steps - 1) % WINDOW)];
        long oldest = nanos[(int) ((steps - known) % WINDOW)];
        return newest == oldest ? OptionalDouble.empty() : OptionalDouble.of((known - 1) * 1e9 / (newest - oldest));
    }
}
