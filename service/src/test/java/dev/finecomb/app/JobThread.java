package dev.finecomb.app;

import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.status.Boards;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.telemetry.KafkaMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** The whole job, all parts of production, on a thread of this process: for faults that need no process of its own. */
final class JobThread implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final StatusBoard board;
    private final KafkaMeters meters = new KafkaMeters(new SimpleMeterRegistry());
    private final JobRunner runner;
    private final CompletableFuture<ExitCode> end = new CompletableFuture<>();

    private JobThread(FinecombConfig config) {
        Clock clock = Clock.systemUTC();
        board = new StatusBoard(JobStatus.starting(new JobIdentity("", "", "", "", "", ""), clock.instant()));
        runner = new JobRunner(
                config,
                new JobFactory(config, clock, meters),
                Boards.around(board),
                new CommandMailbox(1),
                clock,
                () -> UUID.randomUUID().toString().substring(0, 8));
    }

    static JobThread start(FinecombConfig config) {
        var job = new JobThread(config);
        Thread.ofPlatform().name("job-" + config.kafka().job()).daemon().start(job::run);
        return job;
    }

    private void run() {
        try {
            end.complete(runner.run());
        } catch (RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    JobStatus status() {
        return board.current();
    }

    /** Waits until the job says so; it must not end before. */
    void await(Predicate<JobStatus> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(status())) {
            if (end.isDone()) {
                throw new AssertionError("ended with " + end.join() + ": " + failure());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + status());
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    void awaitState(String state) throws InterruptedException {
        await(status -> status.phase().state().wireName().equals(state));
    }

    /** Waits until it owns the job and stands where it was committed. */
    void awaitRestored() throws InterruptedException {
        await(status -> status.runtime().restored());
    }

    void awaitCommitted(long step) throws InterruptedException {
        await(status -> status.commit().step() == step);
    }

    /** Waits for the end. */
    ExitCode end(Duration atMost) throws Exception {
        try {
            return end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("still running after " + atMost + ": " + status(), e);
        }
    }

    /** Tells it to stop, as SIGTERM does, and waits for the end. */
    ExitCode stop() throws Exception {
        runner.requestStop();
        return end(PATIENCE);
    }

    /** What went wrong, or nothing. */
    String failure() {
        return status().phase().failure().orElse("");
    }

    @Override
    public void close() {
        runner.requestStop();
        try {
            end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the job did not end: " + status(), e);
        } finally {
            meters.close();
        }
    }
}
