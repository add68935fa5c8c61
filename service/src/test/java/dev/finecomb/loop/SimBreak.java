package dev.finecomb.loop;

import java.util.List;

/** A deliberate mistake in one part, to show that the invariants catch it. */
enum SimBreak {
    /** The transaction goes out before the checkpoint is durable: no force has any effect. */
    NOT_DURABLE("I2"),
    /** The offsets are committed at once, outside the transaction. */
    OFFSETS_OUTSIDE("I1"),
    /** Superseded checkpoints are deleted before the commit that supersedes them. */
    COLLECTED_BEFORE_COMMIT("I2 I5"),
    /** The ownership is taken only when the first transaction begins, after the committed state was read. */
    OWNERSHIP_TAKEN_LATE("I1 I2 I3 I6"),
    /** Who is fenced takes the ownership again and goes on from memory. */
    GOES_ON_AFTER_FENCE("I1 I2 I3 I6"),
    /** The broker takes every epoch. */
    BROKER_WITHOUT_FENCE("I4"),
    /** The snapshot shares its memory with the live state. */
    SHARED_SNAPSHOT("I1"),
    /** A batch is refused after it changed the state. */
    CHANGED_BY_REFUSED("I1"),
    /** One checkpoint less is kept than was asked for. */
    KEEPS_ONE_LESS("I5"),
    /** What a refused record leaves is lost when a commit has to be repeated. */
    OUTPUTS_SENT_ONCE("I6"),
    /** A resume trains again on what was consumed of a record. */
    CURSOR_OVERLOOKED("I1 I6"),
    /** A resume begins with the first partition, whosever turn it is. */
    TURN_OVERLOOKED("I1"),
    /** A resume refuses again what was refused while records before it waited for more samples. */
    REFUSED_AHEAD_OVERLOOKED("I1 I6"),
    /** A resume takes again orders that were taken. */
    ORDERS_OVERLOOKED("I6");

    private final String caughtBy;

    SimBreak(String invariants) {
        caughtBy = invariants;
    }

    /** The invariants of which the first to fail is one. */
    List<String> caughtBy() {
        return List.of(caughtBy.split(" "));
    }
}
