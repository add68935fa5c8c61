package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Positions;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.status.Boards;
import dev.finecomb.status.History;
import dev.finecomb.status.InputStatus;
import dev.finecomb.status.JobIdentity;
import dev.finecomb.status.JobPhase;
import dev.finecomb.status.LayerStatus;
import dev.finecomb.status.MaskBoard;
import dev.finecomb.status.RuntimeStatus;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Timing;
import dev.finecomb.status.TrainingStatus;
import dev.finecomb.status.Waiting;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the status board true. The training thread reports steps, the committer's thread reports commits. */
public final class StatusReporter implements Committer.CommitObserver {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);

    private static final long COUNT_INTERVAL_NANOS = 1_000_000_000;

    private final StatusBoard board;
    private final History history;
    private final MaskBoard maskBoard;
    private final InstantSource clock;
    private final List<LayerVerdict> verdicts;
    private final long plannedSteps;
    private final int combinations;
    private final StepRate rate = new StepRate();
    private Timing steps = Timing.NONE;
    private List<LayerStatus> layers = List.of();
    private Map<String, Long> rejects = new HashMap<>();
    private LongConsumer firstStep = _ -> {};
    private int nativeArrays;
    private long countedNanos;
    /** Read and written under the board's lock, so that no step overwrites what a commit ran into meanwhile. */
    private boolean brokerAway;

    /**
     * A reporter of one job.
     *
     * @param verdicts of every parameter, in the model's order
     * @param plannedSteps the step after which the model is exported
     * @param combinations per group before the first removal
     */
    public StatusReporter(
            Boards boards, InstantSource clock, List<LayerVerdict> verdicts, long plannedSteps, int combinations) {
        this.board = boards.status();
        this.history = boards.history();
        this.maskBoard = boards.masks();
        this.clock = clock;
        this.verdicts = verdicts;
        this.plannedSteps = plannedSteps;
        this.combinations = combinations;
    }

    void owner() {
        board.update(status -> status.with(status.runtime().withOwner(true)));
    }

    void state(JobState state) {
        Instant now = clock.instant();
        board.update(status -> status.with(
                state instanceof JobState.Failed(String cause)
                        ? status.phase().failed(cause, now)
                        : status.phase().to(state.name(), now)));
    }

    void finished(LoopMemory.Announced model) {
        board.update(status -> status.with(
                status.phase().withFinished(new JobPhase.Finished(model.location(), model.sha256(), model.step()))));
    }

    /** A former process committed up to this step; when is not known. */
    void committedBefore(CheckpointId checkpoint, long step) {
        board.update(status -> status.with(status.commit().resumedAt(step, checkpoint.sequence())));
    }

    /** The trainer stands where its checkpoint was made, or at the beginning. */
    void restored(String incarnation, Trainer trainer, Positions positions) {
        masks(trainer);
        count(trainer);
        Instant now = clock.instant();
        board.update(status -> status.with(new JobIdentity(
                        status.identity().job(),
                        incarnation,
                        status.identity().pattern(),
                        status.identity().modelUri(),
                        status.identity().modelSha256(),
                        status.identity().device()))
                .with(status.runtime().withRestored(true).progressed(now, nativeArrays))
                .with(training(trainer, TrainingStatus.NONE.metrics()))
                .with(new InputStatus(0, positions.nextOffsets(), rejects)));
    }

    /** The listener hears once of a step, the first of this process, and how many nanoseconds it took. */
    public void onFirstStep(LongConsumer listener) {
        firstStep = listener;
    }

    void stepped(Trainer trainer, StepResult.Trained trained, OptionalDouble prequential, long nanos) {
        firstStep.accept(nanos);
        firstStep = _ -> {};
        steps = steps.plus(nanos);
        long now = System.nanoTime();
        rate.step(now);
        if (now - countedNanos >= COUNT_INTERVAL_NANOS) {
            count(trainer);
        }
        if (trained.removed()) {
            masks(trainer);
        }
        var metrics = new TrainingStatus.Metrics(
                OptionalDouble.of(trained.loss()),
                trained.accuracy(),
                prequential,
                OptionalDouble.of(trained.learningRate()),
                OptionalDouble.of(trained.gradientNorm()));
        history.add(new History.Step(
                trained.step(), trained.loss(), trained.accuracy(), trained.survivors(), trained.density()));
        TrainingStatus training = training(trainer, metrics);
        board.update(status -> status.with(training).with(progressed(status.runtime())));
    }

    /** Not in every step: the engine makes a list of all arrays for it. */
    private void count(Trainer trainer) {
        nativeArrays = trainer.nativeArrays();
        countedNanos = System.nanoTime();
    }

    private TrainingStatus training(Trainer trainer, TrainingStatus.Metrics metrics) {
        return new TrainingStatus(
                new TrainingStatus.Progress(
                        trainer.step(), OptionalLong.of(plannedSteps), trainer.samples(), rate.perSecond(), steps),
                metrics,
                new TrainingStatus.Sparsity(trainer.survivors(), combinations, trainer.density(), layers));
    }

    private void masks(Trainer trainer) {
        Map<String, Long> kept = new HashMap<>();
        List<MaskBoard.Layer> shown = new ArrayList<>();
        for (int i = 0; i < trainer.layers().size(); i++) {
            LayerMask mask = trainer.masks().get(i);
            String parameter = trainer.layers().get(i).parameter();
            kept.put(parameter, mask.kept());
            shown.add(new MaskBoard.Layer(parameter, mask.layout(), mask::bits));
        }
        maskBoard.publish(new MaskBoard.Masks(trainer.step(), shown));
        List<LayerStatus> next = new ArrayList<>();
        for (LayerVerdict verdict : verdicts) {
            long weights = verdict.shape().stream().reduce(1L, Math::multiplyExact);
            next.add(new LayerStatus(
                    verdict.parameter(),
                    verdict.shape(),
                    verdict.sparse(),
                    verdict.reason(),
                    weights,
                    kept.getOrDefault(verdict.parameter(), weights)));
        }
        layers = next;
    }

    void input(Positions positions, OptionalLong lag, long outboxBytes) {
        board.update(status -> status.with(
                        new InputStatus(lag.orElse(status.input().lag()), positions.nextOffsets(), rejects))
                .with(status.commit().withOutboxBytes(outboxBytes)));
    }

    void rejected(String reason) {
        Map<String, Long> next = new HashMap<>(rejects);
        next.merge(reason, 1L, Long::sum);
        rejects = next;
    }

    /** What the training thread waits for; while store or broker take no cut, that is what there is to say. */
    void waiting(Waiting what) {
        board.update(status -> status.with(
                status.runtime().waitingFor(heldUpBy(status.runtime()).orElse(what), clock.instant())));
    }

    /** After a wait: the next thing to hear of is a step. */
    void working() {
        board.update(status -> status.with(progressed(status.runtime())));
    }

    private RuntimeStatus progressed(RuntimeStatus runtime) {
        RuntimeStatus progressed = runtime.progressed(clock.instant(), nativeArrays);
        return heldUpBy(runtime)
                .map(what -> progressed.waitingFor(what, progressed.lastProgress()))
                .orElse(progressed);
    }

    /** What keeps the steps since the last commit from counting: they go on, but only until the outputs are too many. */
    private Optional<Waiting> heldUpBy(RuntimeStatus runtime) {
        if (!runtime.storeWritable()) {
            return Optional.of(Waiting.STORE);
        }
        return brokerAway ? Optional.of(Waiting.BROKER) : Optional.empty();
    }

    /** A cut kept the training thread from its steps for so long. */
    void stalled(long nanos) {
        board.update(status -> status.with(status.commit().stalled(nanos)));
    }

    /** Of a checkpoint, and as well of a model that is written, proven and sent. */
    @Override
    public void moving() {
        board.update(status -> status.with(status.runtime().moved(clock.instant())));
    }

    @Override
    public void durable(Cut cut, long nanos) {
        board.update(
                status -> status.with(noLonger(Waiting.STORE, status.runtime().withStoreWritable(true)))
                        .with(status.commit().durable(nanos)));
    }

    /** The training thread says soon enough what else it waits for, if anything. */
    private RuntimeStatus noLonger(Waiting what, RuntimeStatus runtime) {
        return runtime.waiting() == what ? runtime.waitingFor(Waiting.NOTHING, clock.instant()) : runtime;
    }

    @Override
    public void storeFailed(IOException cause) {
        LOG.error("the checkpoint store did not take a checkpoint, trying again: {}", cause.toString());
        board.update(status ->
                status.with(status.runtime().withStoreWritable(false).waitingFor(Waiting.STORE, clock.instant())));
    }

    @Override
    public void brokerUnavailable(String detail) {
        LOG.warn("the broker did not take a commit, trying again: {}", detail);
        board.update(status -> {
            brokerAway = true;
            return status.with(status.runtime().waitingFor(Waiting.BROKER, clock.instant()));
        });
    }

    @Override
    public void committed(Cut cut, long nanos) {
        LOG.info(
                "committed step={} checkpoint={} outputs={} commitMillis={}",
                cut.origin().step(),
                cut.id(),
                cut.outputs().size(),
                nanos / 1_000_000);
        Instant now = clock.instant();
        board.update(status -> {
            brokerAway = false;
            return status.with(noLonger(Waiting.BROKER, status.runtime()))
                    .with(status.commit()
                            .committed(cut.origin().step(), cut.id().sequence(), nanos, now));
        });
    }
}
