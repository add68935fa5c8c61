package dev.finecomb.control;

/** What became of a command. */
public sealed interface CommandResult {

    /**
     * It took effect, and the cut that holds the effect is committed.
     *
     * @param step the number of steps done when it did
     */
    record Applied(long step) implements CommandResult {}

    /**
     * It did not, and changed nothing.
     *
     * @param reason why, for the one who gave the order
     */
    record Refused(String reason) implements CommandResult {}
}
