package dev.finecomb.status;

/**
 * How often something was done since the process started, and how long it took.
 *
 * @param count times done
 * @param totalNanos nanoseconds of all together
 * @param lastNanos nanoseconds of the last one
 */
public record Timing(long count, long totalNanos, long lastNanos) {

    /** Not done yet. */
    public static final Timing NONE = new Timing(0, 0, 0);

    /** Done once more. */
    public Timing plus(long nanos) {
        return new Timing(count + 1, totalNanos + nanos, nanos);
    }

    /** Milliseconds of the last one. */
    public double lastMillis() {
        return lastNanos / 1e6;
    }
}
