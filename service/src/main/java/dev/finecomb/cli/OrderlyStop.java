package dev.finecomb.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * Makes Ctrl-C, and SIGTERM, an orderly end of a command: it is asked to stop, it finishes what it has begun and says so, and
 * the process ends with the command's own exit code. Without it, or once patience is over, the virtual machine answers 130
 * or 143.
 */
final class OrderlyStop implements AutoCloseable {
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final Thread hook;
    private final Runnable lastWords;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch finished = new CountDownLatch(1);

    /** One that is told of signals by {@link #hook()}, and hands the exit code to {@code halt}. */
    OrderlyStop(Runnable stop, IntSupplier exitCode, Runnable lastWords, Duration patience, IntConsumer halt) {
        this.lastWords = lastWords;
        this.hook = Thread.ofPlatform().name("orderly-stop").unstarted(() -> {
            asked.set(true);
            stop.run();
            if (isFinishedWithin(patience)) {
                halt.accept(exitCode.getAsInt());
            }
        });
    }

    /**
     * Listens from now on.
     *
     * @param stop tells the command to stop, and returns at once
     * @param exitCode what the process ends with, asked once the command has ended
     */
    static OrderlyStop listening(Runnable stop, IntSupplier exitCode) {
        return listening(new OrderlyStop(stop, exitCode, () -> {}, MARGIN.multipliedBy(2), Runtime.getRuntime()::halt));
    }

    /**
     * Listens from now on, for a command that has something to lose.
     *
     * @param stop tells the command to stop, and returns at once
     * @param outcome how the command ends; its complaint is printed before the process ends by a signal
     * @param timeout how long the command waits for the broker: to hand over a record, and once more until it is confirmed
     */
    static OrderlyStop listening(Runnable stop, Outcome outcome, Duration timeout) {
        Duration patience = timeout.multipliedBy(2).plus(MARGIN);
        return listening(new OrderlyStop(stop, outcome::code, outcome::tell, patience, Runtime.getRuntime()::halt));
    }

    private static OrderlyStop listening(OrderlyStop orderly) {
        Runtime.getRuntime().addShutdownHook(orderly.hook);
        return orderly;
    }

    /** Whether the command was asked to stop. */
    boolean isAsked() {
        return asked.get();
    }

    /** What a signal starts. */
    Thread hook() {
        return hook;
    }

    private boolean isFinishedWithin(Duration patience) {
        try {
            return finished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** The command has ended and has said all it had to say: signals are no longer heard, and one heard before is obeyed. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException signalled) {
            finish();
        }
    }

    /** Lets the hook end the process; whoever called the command would come too late to print its failure. */
    void finish() {
        lastWords.run();
        finished.countDown();
    }
}
