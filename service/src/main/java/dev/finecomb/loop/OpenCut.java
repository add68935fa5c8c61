package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Intake;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The next cut in the making: all that has happened since the last one. Belongs to the training thread. */
final class OpenCut {
    private final Trainer trainer;
    private final Announcer announcer;
    private final CutPolicy policy;
    private final Host host;
    private final Intake intake;
    private final Supplier<String> rejected;
    private final PrequentialWindow prequential;
    private CheckpointId nextId;
    private Optional<LoopMemory.Announced> announced;
    private Progress progress;
    private boolean ordered;

    /** What was done since the last cut. */
    private record Progress(long steps, long records, long beganNanos) {
        static Progress none(long nowNanos) {
            return new Progress(0, 0, nowNanos);
        }

        Progress plus(long moreSteps, long moreRecords) {
            return new Progress(steps + moreSteps, records + moreRecords, beganNanos);
        }
    }

    /** @param rejected the circuit breaker's window */
    OpenCut(Trainer trainer, CutPolicy policy, Beginning beginning, Supplier<String> rejected) {
        this.trainer = trainer;
        this.intake = beginning.intake();
        this.rejected = rejected;
        this.host = beginning.host();
        this.announcer = beginning.announcer();
        this.policy = policy;
        this.prequential = new PrequentialWindow(beginning.memory().prequential());
        this.nextId = beginning.nextId();
        this.announced = beginning.memory().announced().stream().findFirst();
        this.progress = Progress.none(host.nanoTime());
    }

    /** A step was trained on samples of so many records. */
    void trained(StepResult.Trained trained, int records) {
        progress = progress.plus(1, records);
        prequential.add(PrequentialWindow.Measured.of(trained.samples(), trained.loss(), trained.accuracy()));
    }

    /** So many records were refused. */
    void rejected(int records) {
        progress = progress.plus(0, records);
    }

    /** The model was proven; its announcement is in the outbox. */
    void announced(LoopMemory.Announced model) {
        announced = Optional.of(model);
    }

    /** Makes the cut due whatever the policy says. */
    void order() {
        ordered = true;
    }

    PrequentialWindow prequential() {
        return prequential;
    }

    /** The model announced last. */
    Optional<LoopMemory.Announced> announced() {
        return announced;
    }

    /** Whether it is time, {@code idle} being whether the input is read to its end. */
    boolean isDue(boolean idle) {
        return ordered || policy.isDue(uncommitted(), idle);
    }

    /** Whether the outputs that wait are as many as may wait. */
    boolean isFull() {
        return announcer.outboxBytes() >= policy.outboxBytes();
    }

    boolean isNothing() {
        return !ordered && uncommitted().isNothing();
    }

    private CutPolicy.Uncommitted uncommitted() {
        return new CutPolicy.Uncommitted(
                progress.steps(),
                progress.records(),
                announcer.isEmpty() ? 0 : announcer.outboxBytes(),
                Duration.ofNanos(host.nanoTime() - progress.beganNanos()));
    }

    /** Freezes everything together and begins anew. */
    Cut freeze(boolean paused, Orders.Frozen orders) {
        var memory = new LoopMemory(
                LoopMemory.FORMAT,
                new LoopMemory.Progress(trainer.step(), trainer.samples()),
                prequential.batches(),
                announcer.numbers(),
                announced.stream().toList(),
                new LoopMemory.Standing(paused, intake.memory(), rejected.get()),
                orders.memory());
        Cut cut = new Cut(
                nextId,
                announcer.origin(trainer.step()),
                new Cut.State(trainer.snapshot(), memory, announcer.masks()),
                intake.positions(),
                announcer.seal(),
                orders.answers());
        nextId = new CheckpointId(nextId.incarnation(), nextId.sequence() + 1);
        progress = Progress.none(host.nanoTime());
        ordered = false;
        return cut;
    }
}
