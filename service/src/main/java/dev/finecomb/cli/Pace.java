package dev.finecomb.cli;

/** So many events a second, evenly, counted from the first: a late one does not delay those after it. */
final class Pace {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final long began = System.nanoTime();

    Pace(double perSecond) {
        this.perSecond = perSecond;
    }

    /** How long to wait before event {@code number}, from 0; 0 if it is due. */
    long nanosBefore(long number) {
        long due = (long) (number / perSecond * NANOS);
        return Math.max(0, due - (System.nanoTime() - began));
    }
}
