package dev.finecomb.ledger;

import dev.finecomb.protocol.message.CheckpointPointer;
import java.util.Optional;

/**
 * Between what a job was committed while its topics were read. What was committed before must be complete in the topics;
 * nothing in them may go beyond what was committed after. Of a job at rest both are the same, so the figures must agree.
 *
 * @param before read before the topics' ends were looked up
 * @param after read when the last topic was read
 * @param delivery what the job promises
 */
record Standing(Committed before, Committed after, Delivery delivery) {
    /** Whether outputs may lie in the topics that no commit covers. */
    boolean mayRunAhead() {
        return delivery == Delivery.AT_LEAST_ONCE;
    }

    /** Whether the job committed something meanwhile. */
    boolean moved() {
        return !before.equals(after);
    }

    Optional<CheckpointPointer> pointerBefore() {
        return before.pointer();
    }

    Optional<CheckpointPointer> pointerAfter() {
        return after.pointer();
    }
}
