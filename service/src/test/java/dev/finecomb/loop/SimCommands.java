package dev.finecomb.loop;

import dev.finecomb.control.PendingCommand;
import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.ingest.CommandSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the commands topic, in which one order after another arrives. */
final class SimCommands implements CommandSource {
    private static final long SPACING = 20 * SimWorld.MILLI;

    private final SimWorld world;
    private final List<SimOrder> orders;
    private int next;

    SimCommands(SimWorld world) {
        this.world = world;
        this.orders = world.plan.orders();
    }

    @Override
    public void start(String topicId, long nextOffset) {
        next = topicId.equals(SimOrder.TOPIC_ID) ? (int) nextOffset : 0;
    }

    @Override
    public Optional<CommandRecord> poll() {
        if (next >= orders.size() || world.now() < (next + 1) * SPACING) {
            return Optional.empty();
        }
        world.point("order taken");
        return Optional.of(orders.get(next).at(next++));
    }

    @Override
    public void close() {}

    /** Where nobody leaves orders; who waits for one waits in simulated time. */
    static final class Mailbox extends ArrayBlockingQueue<PendingCommand> {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial")
        private final SimWorld world;

        Mailbox(SimWorld world) {
            super(1);
            this.world = world;
        }

        @Override
        public @Nullable PendingCommand poll(long timeout, TimeUnit unit) throws InterruptedException {
            if (timeout > 0) {
                boolean _ = world.await("mailbox", () -> false, unit.toNanos(timeout));
                world.throwIfInterrupted();
            }
            return poll();
        }
    }
}
