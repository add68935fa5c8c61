package dev.finecomb.loop;

/** An invariant did not hold after some event of a schedule. An error, so that no code under test takes it for its own. */
final class InvariantViolation extends AssertionError {
    private static final long serialVersionUID = 1;

    private final String invariant;

    InvariantViolation(String invariant, String found) {
        super(invariant + ": " + found);
        this.invariant = invariant;
    }

    /** The invariant's name, {@code I1} to {@code I7} or {@code liveness}. */
    String invariant() {
        return invariant;
    }
}
