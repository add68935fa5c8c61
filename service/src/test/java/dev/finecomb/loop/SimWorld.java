package dev.finecomb.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What everything in a schedule shares: one source of chance, one clock, one record of what happened, and the rule that
 * only one thread runs at a time and stops at every interior point.
 */
final class SimWorld {
    static final long MILLI = 1_000_000L;
    static final long SECOND = 1000 * MILLI;

    final SimPlan plan;
    final RandomGenerator random;
    final SimNetwork network;
    final SimBroker broker;
    final SimDisk disk;
    private final boolean traced;
    private final List<String> log = new ArrayList<>();
    private long now;
    private long events;
    private boolean calm;
    private @Nullable SimThread current;

    SimWorld(SimPlan plan, RandomGenerator random, boolean traced) {
        this.plan = plan;
        this.random = random;
        this.traced = traced;
        this.network = new SimNetwork(this);
        this.broker = new SimBroker(this);
        this.disk = new SimDisk(this);
    }

    long now() {
        return now;
    }

    void passTime(long nanos) {
        now += nanos;
    }

    long events() {
        return events;
    }

    /** From now on nothing goes wrong any more, so that the job must come to its end. */
    void calmDown() {
        calm = true;
    }

    boolean isCalm() {
        return calm;
    }

    /** Whether a fault of that yearly weather strikes now; never once the world is calm. */
    boolean strikes(double probability) {
        return !calm && probability > 0 && random.nextDouble() < probability;
    }

    /** Lets a thread run to its next interior point: one event. */
    void run(SimThread thread) {
        events++;
        log(thread::toString);
        current = thread;
        try {
            thread.resume();
        } finally {
            current = null;
        }
    }

    void countEvent() {
        events++;
    }

    /** An interior point: here the process may die, or others may go on. The scheduler itself passes. */
    void point(String what) {
        SimThread thread = current;
        if (thread != null) {
            thread.stopAt(what);
        }
    }

    /** The thread that runs; empty for the scheduler and the checks. */
    @Nullable
    SimThread current() {
        return current;
    }

    /**
     * Waits in simulated time.
     *
     * @param nanos how long at most; {@link Long#MAX_VALUE} for ever
     * @return whether the condition holds
     */
    boolean await(String what, BooleanSupplier condition, long nanos) {
        SimThread thread = current;
        if (thread != null) {
            long wakeAt = nanos >= Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
            thread.waitFor(what, condition, wakeAt);
        }
        return condition.getAsBoolean();
    }

    void throwIfInterrupted() throws InterruptedException {
        SimThread thread = current;
        if (thread != null && thread.takeInterrupt()) {
            throw new InterruptedException("simulated");
        }
    }

    void log(Supplier<String> what) {
        if (traced) {
            log.add(events + " " + now / MILLI + "ms " + what.get());
        }
    }

    List<String> log() {
        return log;
    }
}
