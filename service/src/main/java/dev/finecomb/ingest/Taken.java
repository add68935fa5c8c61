package dev.finecomb.ingest;

/** What the intake has for the loop. */
public sealed interface Taken {
    /** The samples of the next step; the intake has to be told what became of it. */
    record Step(MiniBatch batch) implements Taken {}

    /** A record that is refused, whole or what is left of it; the intake is past it. */
    record Rejected(RejectedRecord rejected) implements Taken {}

    /** A record came, and there is nothing to do yet. */
    record Gathering() implements Taken {}

    /** Nothing arrived in time. */
    record Nothing() implements Taken {}
}
