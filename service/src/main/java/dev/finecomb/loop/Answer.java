package dev.finecomb.loop;

import dev.finecomb.control.PendingCommand;

/**
 * What is still owed to somebody who gave an order, until the cut with its effect is committed.
 *
 * @param step at which the order took effect
 */
record Answer(PendingCommand to, long step) {
    /** From any thread. */
    void give() {
        to.applied(step);
    }
}
