package dev.finecomb.control;

import dev.finecomb.protocol.message.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Where commands wait for the loop. Any thread submits, the loop's thread takes, and neither waits for the other: a
 * full mailbox refuses.
 */
public final class CommandMailbox {

    private final BlockingQueue<PendingCommand> waiting;
    private Optional<String> closed = Optional.empty();

    /** A mailbox that holds at most so many commands. */
    public CommandMailbox(int capacity) {
        this(new ArrayBlockingQueue<>(capacity));
    }

    CommandMailbox(BlockingQueue<PendingCommand> waiting) {
        this.waiting = waiting;
    }

    /** Leaves a command; the answer comes when the loop took it, or at once if the mailbox is full or closed. */
    public synchronized CompletableFuture<CommandResult> submit(Command command) {
        PendingCommand pending = new PendingCommand(command);
        if (closed.isPresent()) {
            pending.refused(closed.get());
        } else if (!waiting.offer(pending)) {
            pending.refused("too many commands are waiting, try again");
        }
        return pending.answer();
    }

    /** Takes everything that waits, oldest first; the taker owes each an answer. */
    public List<PendingCommand> drain() {
        List<PendingCommand> taken = new ArrayList<>();
        waiting.drainTo(taken);
        return taken;
    }

    /** Takes the oldest command, waiting for one at most so long: for a loop that has nothing else to do. */
    public Optional<PendingCommand> await(Duration atMost) throws InterruptedException {
        return Optional.ofNullable(waiting.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Refuses everything that waits and everything that comes. */
    public synchronized void close(String reason) {
        closed = Optional.of(reason);
        drain().forEach(pending -> pending.refused(reason));
    }
}
