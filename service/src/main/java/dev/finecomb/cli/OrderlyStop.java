package dev.finecomb.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;

/**
 * Makes Ctrl-C, and SIGTERM, an orderly end of a command: it is asked to stop, it finishes what it has begun and says so, and
 * the process ends with the command's own exit code. Without it the virtual machine would answer 130 or 143.
 */
final class OrderlyStop implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Thread hook;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    private OrderlyStop(Runnable stop, IntSupplier exitCode) {
        this.hook = Thread.ofPlatform().name("orderly-stop").unstarted(() -> onSignal(stop, exitCode));
    }

    /**
     * Listens from now on.
     *
     * @param stop tells the command to stop, and returns at once
     * @param exitCode what the process ends with, asked once the command has ended
     */
    static OrderlyStop listening(Runnable stop, IntSupplier exitCode) {
        var orderly = new OrderlyStop(stop, exitCode);
        Runtime.getRuntime().addShutdownHook(orderly.hook);
        return orderly;
    }

    /** Whether the command was asked to stop. */
    boolean isAsked() {
        return asked.get();
    }

    private void onSignal(Runnable stop, IntSupplier exitCode) {
        asked.set(true);
        stop.run();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            return;
        }
        Runtime.getRuntime().halt(exitCode.getAsInt());
    }

    /** The command has ended and has said all it had to say: signals are no longer heard, and one heard before is obeyed. */
    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException signalled) {
            // The hook runs: it ends the process.
        }
    }
}
