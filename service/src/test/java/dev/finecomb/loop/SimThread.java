package dev.finecomb.loop;

import java.util.function.BooleanSupplier;

/** A thread of a simulated process: a coroutine, and what it waits for. */
final class SimThread {
    final SimProcess process;
    final String name;
    private final Coroutine coroutine;
    private BooleanSupplier until = SimThread::ready;
    private long wakeAt = Long.MAX_VALUE;
    private boolean interrupted;
    /** The interior point it stands at. */
    private String at = "birth";

    private static boolean ready() {
        return true;
    }

    SimThread(SimProcess process, String name, Runnable body) {
        this.process = process;
        this.name = name;
        this.coroutine = new Coroutine(body);
    }

    /** Goes on to the next interior point. */
    void resume() {
        until = SimThread::ready;
        wakeAt = Long.MAX_VALUE;
        coroutine.resume();
    }

    /** Called by the thread itself: stops here until it is chosen again. */
    void stopAt(String point) {
        at = point;
        Coroutine.suspend();
    }

    /** Called by the thread itself: stops until something holds, that time has come, or it is interrupted. */
    void waitFor(String point, BooleanSupplier condition, long wakeNanos) {
        until = condition;
        wakeAt = wakeNanos;
        stopAt(point);
    }

    boolean isRunnable(long now) {
        return !coroutine.isDone() && (interrupted || now >= wakeAt || until.getAsBoolean());
    }

    boolean isDone() {
        return coroutine.isDone();
    }

    long wakeAt() {
        return coroutine.isDone() ? Long.MAX_VALUE : wakeAt;
    }

    void interrupt() {
        interrupted = true;
    }

    /** Whether it was told to stop waiting; asked once, as an {@code InterruptedException} clears the flag. */
    boolean takeInterrupt() {
        boolean was = interrupted;
        interrupted = false;
        return was;
    }

    @Override
    public String toString() {
        return process + "/" + name + " at " + at;
    }
}
