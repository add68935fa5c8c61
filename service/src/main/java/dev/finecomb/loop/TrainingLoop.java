package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.control.Command;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.control.PendingCommand;
import dev.finecomb.ingest.BatchSource;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Polled;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.loop.PrequentialWindow.Measured;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.status.Waiting;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    /** Below the half minute that supervisors usually grant between SIGTERM and SIGKILL. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(25);

    private final LoopSettings settings;
    private final Trainer trainer;
    private final BatchSource source;
    private final Committer committer;
    private final Announcer announcer;
    private final StatusReporter status;
    private final Exports exports;
    private final CommandMailbox mailbox;
    private final CutPolicy cuts;
    private final RejectRate rejectRate;
    private final PrequentialWindow prequential;

    private JobState state = new JobState.Restoring();
    private Positions positions;
    private CheckpointId nextId;
    private List<LoopMemory.Announced> announced;
    private Progress sinceCut;
    private boolean idle;
    private volatile boolean stopRequested;

    /** What was done since the last cut. */
    private record Progress(long steps, long records, long beganNanos) {
        static Progress none() {
            return new Progress(0, 0, System.nanoTime());
        }

        Progress plus(long moreSteps, long moreRecords) {
            return new Progress(steps + moreSteps, records + moreRecords, beganNanos);
        }
    }

    TrainingLoop(
            LoopParts parts, LoopSettings settings, Beginning beginning, Committer committer, StatusReporter status) {
        this.settings = settings;
        this.trainer = parts.trainer();
        this.source = parts.source();
        this.committer = committer;
        this.status = status;
        this.mailbox = parts.mailbox();
        this.announcer = beginning.announcer();
        this.exports = new Exports(parts.export(), settings.pattern(), trainer, announcer);
        this.cuts = CutPolicy.of(settings.checkpoint());
        this.rejectRate = new RejectRate(settings.maxRejectRatio());
        this.prequential = new PrequentialWindow(beginning.memory().prequential());
        this.positions = beginning.positions();
        this.nextId = beginning.nextId();
        this.announced = beginning.memory().exports();
        this.sinceCut = Progress.none();
    }

    /** Asks for a cut and an end, from any thread; {@link #run} returns when the cut is committed. */
    public void requestStop() {
        stopRequested = true;
        committer.giveUpAfter(STOP_GRACE);
    }

    /** The first commit of a job: weights as they came, and where in the input it begins; before any training. */
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
                for (PendingCommand pending : mailbox.drain()) {
                    obey(pending);
                }
                advance();
                if (cuts.isDue(uncommitted(), idle)) {
                    cut();
                }
            }
            stop("the service stops");
        } catch (OperatorNeededException e) {
            fail(e);
            throw e;
        }
    }

    private void begin() {
        JobState.Restoring restoring = new JobState.Restoring();
        if (!announced.isEmpty()) {
            status.finished(announced.getLast());
            LOG.info("already announced model={}", announced.getLast().location());
        }
        boolean finished = !announced.isEmpty()
                && announced.getLast().step() >= settings.plannedSteps()
                && announced.getLast().step() == trainer.step();
        transition(finished ? restoring.alreadyFinalized() : restoring.begin(running()));
    }

    private void stop(String reason) throws InterruptedException, RestartLaterException, OperatorNeededException {
        mailbox.close(reason);
        if (!uncommitted().isNothing()) {
            cut();
        }
        committer.await();
    }

    /** Commits what is good, with the failure as its last word. */
    private void fail(OperatorNeededException cause) throws InterruptedException, RestartLaterException {
        mailbox.close("the job failed: " + cause.getMessage());
        transition(new JobState.Failed(String.valueOf(cause.getMessage())));
        announcer.event(
                EventKind.FAILED,
                trainer.step(),
                Map.of("reason", Scalar.of(String.valueOf(cause.getMessage())), "exitCode", Scalar.of(78)));
        try {
            cut();
            committer.await();
        } catch (OperatorNeededException | IllegalStateException again) {
            // The commit itself is what can't be mended.
            cause.addSuppressed(again);
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
        switch (source.poll(POLL)) {
            case Polled.Batch batch -> step(batch);
            case Polled.Rejected(RejectedRecord rejected) -> reject(rejected);
            case Polled.Nothing() -> {
                idle = source.lag().orElse(1) == 0;
                status.waiting(Waiting.INPUT);
            }
        }
        status.input(positions, source.lag(), announcer.outboxBytes());
    }

    private void step(Polled.Batch batch) throws InterruptedException, RestartLaterException, OperatorNeededException {
        long begin = System.nanoTime();
        switch (trainer.step(batch.batch())) {
            case StepResult.Rejected(var reason, String detail) ->
                reject(batch.record().rejected(Trainer.class, reason, detail));
            case StepResult.Trained trained -> {
                long nanos = System.nanoTime() - begin;
                positions = positions.after(batch.record());
                sinceCut = sinceCut.plus(1, 1);
                rejectRate.count(false);
                prequential.add(Measured.of(trained.samples(), trained.loss(), trained.accuracy()));
                status.stepped(trainer, trained, prequential.accuracy(), nanos);
                transition(running());
                announcer.step(trained, state.name(), nanos / 1e6, batch.record());
                if (trained.removed()) {
                    announcer.removed(trained);
                    announcer.snapshot(trainer, trainer.isRemovalComplete() ? MaskState.FINAL : MaskState.SEARCHING);
                    cut();
                }
            }
        }
    }

    private void reject(RejectedRecord rejected) throws OperatorNeededException {
        LOG.warn("rejected record={} reason={} detail={}", rejected.record(), rejected.reason(), rejected.detail());
        positions = positions.after(rejected.record());
        sinceCut = sinceCut.plus(0, 1);
        rejectRate.count(true);
        status.rejected(rejected.reason().name());
        announcer.rejected(rejected, trainer.step() + 1);
        if (rejectRate.isTooHigh()) {
            throw new OperatorNeededException(rejectRate.rejected() + " of the last 1000 records of "
                    + rejected.record().topic() + " were rejected, more than finecomb.ingest.max-reject-ratio "
                    + settings.maxRejectRatio() + " allows. The last one: " + rejected.reason() + ", "
                    + rejected.detail() + ". Look into the dead letters, mend the producer, then start again;"
                    + " or raise the ratio.");
        }
    }

    private boolean isExportDue() {
        long last = announced.isEmpty() ? 0 : announced.getLast().step();
        if (last < settings.plannedSteps()) {
            return trainer.step() >= settings.plannedSteps();
        }
        return settings.exportEvery().isPresent()
                && trainer.step() - last >= settings.exportEvery().getAsLong();
    }

    private void export(JobState.Exporting now)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        LoopMemory.Announced model;
        try {
            model = exports.export(prequential);
        } catch (IOException e) {
            status.storeFailed(e);
            awaitCommand();
            return;
        }
        List<LoopMemory.Announced> all = new ArrayList<>(announced);
        all.add(model);
        announced = List.copyOf(all);
        cut();
        committer.await();
        status.finished(model);
        LOG.info("announced model={} sha256={} step={}", model.location(), model.sha256(), model.step());
        transition(trainer.step() < settings.plannedSteps() ? now.backToSettling() : now.finish());
    }

    private void afterFinalized(JobState.Finalized finalized)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        switch (settings.whenFinished()) {
            case STOP -> stopRequested = true;
            case CONTINUE -> transition(finalized.goOn());
            case IDLE -> awaitCommand();
        }
    }

    private void awaitCommand() throws InterruptedException, RestartLaterException, OperatorNeededException {
        status.waiting(Waiting.COMMAND);
        Optional<PendingCommand> pending = mailbox.await(POLL);
        if (pending.isPresent()) {
            obey(pending.get());
        }
    }

    private void obey(PendingCommand pending)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        switch (pending.command()) {
            case Command.Pause() -> pause(pending);
            case Command.Resume() -> resume(pending);
            case Command.Checkpoint() -> {
                noteApplied(pending);
                cut();
                committer.await();
                pending.applied(trainer.step());
            }
            case Command.Export() -> orderExport(pending);
            case Command.Stop() -> {
                stopRequested = true;
                noteApplied(pending);
                pending.applied(trainer.step());
            }
        }
    }

    private void pause(PendingCommand pending) {
        if (state instanceof JobState.Running running) {
            transition(running.pause());
            announcer.event(EventKind.PAUSED, trainer.step(), Map.of());
            noteApplied(pending);
            pending.applied(trainer.step());
        } else {
            refuse(pending, "the job is " + state.name().wireName() + ", there is nothing to pause");
        }
    }

    private void resume(PendingCommand pending) {
        if (state instanceof JobState.Paused paused) {
            transition(paused.resume());
            announcer.event(EventKind.RESUMED, trainer.step(), Map.of());
            noteApplied(pending);
            pending.applied(trainer.step());
        } else {
            refuse(pending, "the job is " + state.name().wireName() + ", not paused");
        }
    }

    private void orderExport(PendingCommand pending) {
        switch (state) {
            case JobState.Settling settling -> transition(settling.export());
            case JobState.Finalized finalized -> transition(finalized.exportAgain());
            case JobState.Learning _,
                    JobState.Removing _,
                    JobState.Paused _,
                    JobState.Restoring _,
                    JobState.Exporting _,
                    JobState.Failed _ -> {
                refuse(
                        pending,
                        "a model can be exported while it is settling or finalized; the job is "
                                + state.name().wireName() + " at step " + trainer.step());
                return;
            }
        }
        noteApplied(pending);
        pending.applied(trainer.step());
    }

    private void noteApplied(PendingCommand pending) {
        announcer.event(
                EventKind.COMMAND_APPLIED,
                trainer.step(),
                Map.of(
                        "commandId", Scalar.of(pending.id()),
                        "verb", Scalar.of(pending.command().verb())));
    }

    private void refuse(PendingCommand pending, String reason) {
        announcer.event(
                EventKind.COMMAND_REFUSED,
                trainer.step(),
                Map.of("commandId", Scalar.of(pending.id()), "reason", Scalar.of(reason)));
        pending.refused(reason);
    }

    private CutPolicy.Uncommitted uncommitted() {
        return new CutPolicy.Uncommitted(
                sinceCut.steps(),
                sinceCut.records(),
                announcer.isEmpty() ? 0 : announcer.outboxBytes(),
                Duration.ofNanos(System.nanoTime() - sinceCut.beganNanos()));
    }

    private void cut() throws InterruptedException, RestartLaterException, OperatorNeededException {
        var memory = new LoopMemory(
                LoopMemory.FORMAT,
                trainer.step(),
                trainer.samples(),
                prequential.batches(),
                announcer.numbers(),
                announced);
        Cut cut = new Cut(
                nextId,
                announcer.origin(trainer.step()),
                new Cut.State(trainer.snapshot(), memory, announcer.masks()),
                positions,
                announcer.seal());
        nextId = new CheckpointId(nextId.incarnation(), nextId.sequence() + 1);
        sinceCut = Progress.none();
        committer.submit(cut);
    }

    private JobState.Running running() {
        return JobState.Running.at(trainer.combinations(), trainer.survivors(), trainer.isRemovalComplete());
    }

    /** Stops committing; what was not acknowledged did not happen, or the next start reads it back. */
    @Override
    public void close() {
        mailbox.close("the service ends");
        committer.close();
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
