package dev.finecomb.app;

import dev.finecomb.cli.ExitCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Turns SIGTERM and SIGINT into an orderly end with the job's own exit code. A virtual machine that is told to stop would
 * answer 143 whatever its hooks did, so the hook waits for the end and then halts with the code itself.
 */
final class StopSignal {
    private final Thread hook = Thread.ofPlatform().name("stop-signal").unstarted(this::onSignal);
    private final CompletableFuture<ExitCode> end = new CompletableFuture<>();
    private Optional<Runnable> order = Optional.empty();

    /** Hears signals from now on. */
    static StopSignal listening() {
        var signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /** From now on there is something to stop; the order must return at once. */
    synchronized void orders(Runnable stop) {
        order = Optional.of(stop);
    }

    private synchronized Optional<Runnable> order() {
        return order;
    }

    private void onSignal() {
        Optional<Runnable> stop = order();
        stop.ifPresent(Runnable::run);
        // Before there is a job, there is nothing to finish.
        ExitCode code = stop.isPresent() ? end.join() : ExitCode.DONE;
        Runtime.getRuntime().halt(code.code());
    }

    /** Ends the process; if a signal was faster, the hook does it with the same code. */
    void exit(ExitCode code) {
        end.complete(code);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException signalled) {
            return;
        }
        System.exit(code.code());
    }
}
