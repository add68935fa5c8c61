package dev.finecomb.app;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Turns SIGTERM and SIGINT into an orderly end with the job's own exit code. A virtual machine that is told to stop would
 * answer 143 whatever its hooks did, so the hook waits for the job and then halts with the code itself.
 */
final class StopSignal implements AutoCloseable {
    private final Runnable requestStop;
    private final Thread hook = Thread.ofPlatform().name("stop-signal").unstarted(this::onSignal);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<ExitCode> end = Optional.empty();

    /** @param requestStop asks the job to end; returns at once */
    StopSignal(Runnable requestStop) {
        this.requestStop = requestStop;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The job has ended; everything that stands above it is about to close. */
    void ended(ExitCode exitCode) {
        end = Optional.of(exitCode);
    }

    private void onSignal() {
        if (end.isPresent()) {
            return;
        }
        requestStop.run();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(end.orElse(ExitCode.RETRY).code());
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
