package dev.finecomb.control;

import java.util.concurrent.BlockingQueue;

/** Mailboxes in which a simulation does the waiting. */
public final class Mailboxes {
    private Mailboxes() {}

    /** A mailbox over a queue. */
    public static CommandMailbox over(BlockingQueue<PendingCommand> waiting) {
        return new CommandMailbox(waiting);
    }
}
