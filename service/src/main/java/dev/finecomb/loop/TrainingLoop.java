package dev.finecomb.loop;

import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.MiniBatch;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.ingest.Taken;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.status.Waiting;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's one thread: takes a batch, trains, notes what is to be said, and makes a cut when it is time.
 *
 * <p>Everything it holds is uncommitted until the {@link Committer} says otherwise; a process that dies loses just that, and
 * the next one does it again with the same result. After a failure of the commit nothing goes on from memory.
 *
 * <p>Thread ownership: all fields belong to the training thread, but {@code stopRequested}.
 */
public final class TrainingLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration EXPORT_PAUSE = Duration.ofSeconds(5);
    /** Below the half minute that supervisors usually grant between SIGTERM and SIGKILL. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(25);

    private final LoopSettings settings;
    private final Host host;
    private final Trainer trainer;
    private final Intake intake;
    private final Committer committer;
    private final Announcer announcer;
    private final StatusReporter status;
    private final Exports exports;
    private final Orders orders;
    private final OpenCut open;
    private final Rejections rejections;
    private final boolean beginsPaused;

    private JobState state = new JobState.Restoring();
    private boolean idle;
    private boolean waiting;
    private volatile boolean stopRequested;

    TrainingLoop(
            LoopParts parts, LoopSettings settings, Beginning beginning, Committer committer, StatusReporter status) {
        this.settings = settings;
        this.host = beginning.host();
        this.trainer = parts.trainer();
        this.intake = beginning.intake();
        this.committer = committer;
        this.status = status;
        this.announcer = beginning.announcer();
        this.exports = new Exports(parts.export(), settings.pattern(), trainer, announcer, status::moving);
        this.rejections = new Rejections(
                settings.input().maxRejectRatio(), beginning.memory().standing().rejected(), host::nanoTime);
        this.open = new OpenCut(trainer, CutPolicy.of(settings.checkpoint()), beginning, rejections::window);
        this.orders = new Orders(
                parts.orders(), trainer, host, announcer, beginning.memory().orders(), new Ordered());
        this.beginsPaused = beginning.memory().standing().paused();
    }

    /** Asks for a cut and an end, from any thread; {@link #run} returns when the cut is committed. */
    public void requestStop() {
        stopRequested = true;
        committer.giveUpAfter(STOP_GRACE);
    }

    /** Commits where the loop begins, before any training: a job's first commit, or the one that replaces a damaged one. */
    void commitBeginning() throws InterruptedException, RestartLaterException, OperatorNeededException {
        cut();
        committer.await();
    }

    /**
     * Trains until it is told to stop or the job is finished and the settings say to stop then.
     *
     * @throws RestartLaterException when only a fresh start can know what is true: exit code 75
     * @throws OperatorNeededException when no restart mends it: exit code 78
     */
    public void run() throws InterruptedException, RestartLaterException, OperatorNeededException {
        begin();
        try {
            while (!stopRequested) {
                committer.check();
                orders.take(Duration.ZERO);
                if (stopRequested) {
                    break;
                }
                cutIfDue();
                advance();
            }
            stop("the service stops");
        } catch (OperatorNeededException e) {
            fail(e);
            throw e;
        }
    }

    private void begin() {
        JobState.Restoring restoring = new JobState.Restoring();
        open.announced().ifPresent(model -> {
            status.finished(model);
            LOG.info("already announced model={}", model.location());
        });
        long last = lastExport();
        boolean finished = last >= settings.plannedSteps() && last == trainer.step();
        transition(finished ? restoring.alreadyFinalized() : restoring.begin(running()));
        if (beginsPaused && state instanceof JobState.Running halted) {
            transition(halted.pause());
        }
        if (orders.isExportOrdered()) {
            exportAsOrdered();
        }
    }

    /** An order that was answered, and then the process died before it was carried out. */
    private void exportAsOrdered() {
        switch (state) {
            case JobState.Settling settling -> transition(settling.export());
            case JobState.Finalized finalized -> transition(finalized.exportAgain());
            case JobState.Restoring _,
                    JobState.Learning _,
                    JobState.Removing _,
                    JobState.Paused _,
                    JobState.Exporting _,
                    JobState.Failed _ ->
                throw new IllegalStateException("no export can have been ordered of a job that is " + state.name());
        }
    }

    /** While a cut is in flight the next one waits, and training goes on, until the outbox is full. */
    private void cutIfDue() throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (open.isDue(idle) && (!committer.isBusy() || open.isFull())) {
            cut();
        }
    }

    private void stop(String reason) throws InterruptedException, RestartLaterException, OperatorNeededException {
        rejections.end();
        orders.close(reason);
        // Anew: the step or export that was under way may have taken long.
        committer.giveUpAfter(STOP_GRACE);
        commitAll();
    }

    private void commitAll() throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (!open.isNothing()) {
            cut();
        }
        committer.await();
    }

    /** Commits what is good, with the failure as its last word. */
    private void fail(OperatorNeededException cause) throws InterruptedException {
        rejections.end();
        LOG.error("the job fails: {}", cause.getMessage());
        committer.giveUpAfter(STOP_GRACE);
        orders.close("the job failed: " + cause.getMessage());
        transition(new JobState.Failed(String.valueOf(cause.getMessage())));
        announcer.event(
                EventKind.FAILED,
                trainer.step(),
                Map.of("reason", Scalar.of(String.valueOf(cause.getMessage())), "exitCode", Scalar.of(78)));
        try {
            cut();
            committer.await();
        } catch (OperatorNeededException | RestartLaterException | IllegalStateException again) {
            // The commit itself is what can't be mended.
            if (!again.equals(cause)) {
                cause.addSuppressed(again);
            }
        }
    }

    private void advance() throws InterruptedException, RestartLaterException, OperatorNeededException {
        idle = false;
        switch (state) {
            case JobState.Running _ -> train();
            case JobState.Exporting exporting -> export(exporting);
            case JobState.Finalized finalized -> afterFinalized(finalized);
            case JobState.Paused _ -> awaitCommand();
            case JobState.Restoring _, JobState.Failed _ ->
                throw new IllegalStateException("a job that is " + state.name() + " does not advance");
        }
    }

    private void train() throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (isExportDue() && state instanceof JobState.Settling settling) {
            transition(settling.export());
            return;
        }
        switch (intake.next(POLL)) {
            case Taken.Step(MiniBatch batch) -> step(batch);
            case Taken.Rejected(RejectedRecord rejected) -> reject(List.of(rejected));
            case Taken.Gathering() -> {
                // One of many records of a step, or one that was refused before a restart: the step will tell.
                rejections.sumUpIfDue();
                return;
            }
            case Taken.Nothing() -> {
                idle = intake.isReadToEnd();
                wait(intake.isBrokerAway() ? Waiting.BROKER : Waiting.INPUT);
            }
        }
        rejections.sumUpIfDue();
        status.input(intake.positions(), intake.lag(), announcer.outboxBytes());
    }

    private void step(MiniBatch batch) throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (waiting) {
            waiting = false;
            status.working();
        }
        long begin = host.nanoTime();
        switch (trainer.step(batch.samples())) {
            case StepResult.Rejected(var reason, String detail) ->
                reject(intake.refused(batch, Trainer.class, reason, detail));
            case StepResult.Trained trained -> {
                long nanos = host.nanoTime() - begin;
                intake.trained(batch);
                open.trained(trained, batch.shares().size());
                rejections.accepted(batch.shares().size());
                status.stepped(trainer, trained, open.prequential().accuracy(), nanos);
                transition(running());
                announcer.step(trained, state.name(), nanos / 1e6, batch.record());
                if (trained.removed()) {
                    announcer.removed(trained);
                    announcer.snapshot(trainer, trainer.isRemovalComplete() ? MaskState.FINAL : MaskState.SEARCHING);
                    open.order();
                }
                announcer.stepped();
            }
        }
    }

    /** Whatever is refused together is noted together, also if it is too much: the cut that follows holds all of it. */
    private void reject(List<RejectedRecord> together) throws OperatorNeededException {
        for (RejectedRecord rejected : together) {
            rejections.rejected(rejected);
            status.rejected(rejected.reason().name());
            announcer.rejected(rejected, trainer.step() + 1);
        }
        open.rejected(together.size());
        rejections.requireFew(together.getLast());
    }

    private boolean isExportDue() {
        long last = lastExport();
        if (last < settings.plannedSteps()) {
            return trainer.step() >= settings.plannedSteps();
        }
        return settings.exportEvery().isPresent()
                && trainer.step() - last >= settings.exportEvery().getAsLong();
    }

    private long lastExport() {
        return open.announced().map(LoopMemory.Announced::step).orElse(0L);
    }

    private void export(JobState.Exporting now)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        // A commit proves that the job, and so the export's directory, is still this process's.
        commitAll();
        LoopMemory.Announced model;
        try {
            model = exports.export(open.prequential());
        } catch (IOException e) {
            LOG.error("the model can't be exported, trying again: {}", e.toString());
            wait(Waiting.STORE);
            orders.take(EXPORT_PAUSE);
            return;
        }
        open.announced(model);
        orders.exported();
        if (stopRequested) {
            committer.giveUpAfter(STOP_GRACE);
        }
        cut();
        committer.await();
        status.finished(model);
        LOG.info("announced model={} sha256={} step={}", model.location(), model.sha256(), model.step());
        transition(trainer.step() < settings.plannedSteps() ? now.backToSettling() : now.finish());
    }

    private void afterFinalized(JobState.Finalized finalized) throws InterruptedException {
        switch (settings.whenFinished()) {
            case STOP -> stopRequested = true;
            case CONTINUE -> transition(finalized.goOn());
            case IDLE -> awaitCommand();
        }
    }

    private void awaitCommand() throws InterruptedException {
        wait(intake.isBrokerAway() ? Waiting.BROKER : Waiting.COMMAND);
        orders.take(POLL);
    }

    private void wait(Waiting what) {
        waiting = true;
        status.waiting(what);
    }

    private void cut() throws InterruptedException, RestartLaterException, OperatorNeededException {
        long begin = host.nanoTime();
        boolean paused = state instanceof JobState.Restoring ? beginsPaused : state instanceof JobState.Paused;
        committer.submit(open.freeze(paused, orders.freeze()));
        status.stalled(host.nanoTime() - begin);
    }

    private JobState.Running running() {
        return JobState.Running.at(trainer.combinations(), trainer.survivors(), trainer.isRemovalComplete());
    }

    /** Stops committing; what was not acknowledged did not happen, or the next start reads it back. */
    @Override
    public void close() {
        orders.close("the service ends");
        committer.close();
    }

    /** What orders can do to this loop. */
    private final class Ordered implements Obedience.Job {
        @Override
        public JobState state() {
            return state;
        }

        @Override
        public void to(JobState next) {
            transition(next);
        }

        @Override
        public void cutSoon() {
            open.order();
        }

        @Override
        public void stop() {
            stopRequested = true;
        }
    }

    /** The only writer of the state after construction. */
    private void transition(JobState next) {
        if (next.equals(state)) {
            return;
        }
        LOG.info("state {} -> {} step={}", state.name().wireName(), next.name().wireName(), trainer.step());
        state = next;
        status.state(next);
    }
}
