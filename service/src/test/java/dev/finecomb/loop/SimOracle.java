package dev.finecomb.loop;

import dev.finecomb.ingest.Polled;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.ManifestLayer;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.training.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What has to come out: one uninterrupted pass over the same input, without a loop, a broker or a disk. */
final class SimOracle {
    /**
     * Where the job stands after a number of records.
     *
     * @param step steps done
     * @param digest of the trainer's state
     * @param trained the first sample of each batch trained on
     * @param refused offsets of the records refused so far
     */
    record Moment(long step, long digest, List<Long> trained, List<Long> refused) {}

    /** A step as its metrics have to tell it. */
    record Step(StepResult.Trained result, long offset) {}

    /** A mask snapshot that has to be published at a step. */
    record Snapshot(long step, MaskState state, List<ManifestLayer> layers) {}

    private final List<Moment> moments = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();

    SimOracle(SimPlan plan, RandomGenerator random) {
        SimTrainer trainer = new SimTrainer(new SimWorld(plan.unbroken(), random, false));
        List<Long> trained = new ArrayList<>();
        List<Long> refused = new ArrayList<>();
        note(trainer, trained, refused);
        snapshots.add(snapshot(trainer, MaskState.SEARCHING));
        for (SimRecord record : plan.input()) {
            if (trainer.step() == plan.plannedSteps()) {
                break;
            }
            if (record.polled() instanceof Polled.Batch(var batch, var _)
                    && trainer.step(batch) instanceof StepResult.Trained result) {
                trained.add(record.offset() + 1);
                steps.add(new Step(result, record.offset()));
                if (result.removed()) {
                    snapshots.add(
                            snapshot(trainer, trainer.isRemovalComplete() ? MaskState.FINAL : MaskState.SEARCHING));
                }
            } else {
                refused.add(record.offset());
            }
            note(trainer, trained, refused);
        }
        snapshots.add(snapshot(trainer, MaskState.FINAL));
    }

    private void note(SimTrainer trainer, List<Long> trained, List<Long> refused) {
        moments.add(new Moment(trainer.step(), trainer.digest(), List.copyOf(trained), List.copyOf(refused)));
    }

    private static Snapshot snapshot(SimTrainer trainer, MaskState state) {
        List<LayerBits> bits = List.of(new LayerBits(
                SimTrainer.LAYER.parameter(),
                SimTrainer.LAYER.layout(),
                trainer.masks().getFirst().bits()));
        var draft = new MaskDraft(new Origin("sim", "oracle", trainer.step()), 1, state, SimPlan.PATTERN, bits);
        return new Snapshot(
                trainer.step(), state, MaskPublication.first(draft).manifest().layers());
    }

    /** The moment at which that offset is the next to read. */
    Moment at(long nextOffset) {
        return moments.get((int) nextOffset);
    }

    boolean knows(long nextOffset) {
        return nextOffset >= 0 && nextOffset < moments.size();
    }

    Moment end() {
        return moments.getLast();
    }

    /** The offset that is next when the job is finished. */
    long endOffset() {
        return moments.size() - 1L;
    }

    /** What step number {@code step} has to say, counted from 1. */
    Step step(long step) {
        return steps.get((int) step - 1);
    }

    /** All mask snapshots in their order. */
    List<Snapshot> snapshots() {
        return snapshots;
    }
}
