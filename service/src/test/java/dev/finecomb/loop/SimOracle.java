package dev.finecomb.loop;

import dev.finecomb.loop.SimPass.Sample;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.ManifestLayer;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.training.StepResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What has to come out: one uninterrupted pass over the same input in the order of the merge, without an intake, a loop, a
 * broker or a disk.
 */
final class SimOracle {
    /**
     * Where the job stands.
     *
     * @param standing what is consumed
     * @param step steps done
     * @param digest of the trainer's state
     * @param trained the samples trained on
     * @param refused what was refused so far
     */
    record Moment(SimStanding standing, long step, long digest, List<Long> trained, List<Refusal> refused) {}

    /**
     * A dead letter.
     *
     * @param due the step that it would have been part of
     * @param detail which of its samples it is about, if not the whole record
     */
    record Refusal(int partition, long offset, long due, String detail) {}

    /** A step as its metrics have to tell it, with the record that completed it. */
    record Step(StepResult.Trained result, SimRecord record) {}

    /** A mask snapshot that has to be published at a step. */
    record Snapshot(long step, MaskState state, List<ManifestLayer> layers) {}

    private final SimInput input;
    private final List<SimRecord> merged;
    private final SimTrainer trainer;
    /** Samples that are done with, by record. */
    private final int[] consumed;

    private final Map<SimRecord, Integer> order = new HashMap<>();
    private final List<Long> trained = new ArrayList<>();
    private final List<Refusal> refused = new ArrayList<>();
    private final Map<SimStanding, Moment> moments = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Snapshot> snapshots = new ArrayList<>();
    private Moment end;

    SimOracle(SimPlan plan, RandomGenerator random) {
        this.input = plan.input();
        this.merged = input.merged();
        this.trainer = new SimTrainer(new SimWorld(plan.unbroken(), random, false));
        this.consumed = new int[merged.size()];
        merged.forEach(record -> order.put(record, order.size()));
        this.end = note();
        snapshots.add(snapshot(MaskState.SEARCHING));
        pass(plan.plannedSteps());
        snapshots.add(snapshot(MaskState.FINAL));
    }

    private void pass(int plannedSteps) {
        SimPass pass = new SimPass(input.batchSize());
        for (SimRecord record : merged) {
            if (trainer.step() == plannedSteps) {
                return;
            }
            if (record.kind() == SimRecord.Kind.MALFORMED) {
                refuse(record, SimRecord.MALFORMED);
                consumed[at(record)] = record.samples();
                end = note();
                continue;
            }
            pass.add(record);
            Optional<List<Sample>> step = pass.next();
            while (step.isPresent()) {
                step(step.get());
                end = note();
                step = trainer.step() == plannedSteps ? Optional.empty() : pass.next();
            }
        }
    }

    private int at(SimRecord record) {
        return order.getOrDefault(record, -1);
    }

    private void step(List<Sample> samples) {
        List<Long> numbers = samples.stream().map(Sample::number).toList();
        samples.forEach(sample -> consumed[at(sample.record())]++);
        switch (trainer.step(SimRecord.batch(numbers))) {
            case StepResult.Rejected _ -> {
                for (SimRecord record :
                        samples.stream().map(Sample::record).distinct().toList()) {
                    refuse(record, SimTrainer.UNTRAINABLE + which(record, samples));
                }
            }
            case StepResult.Trained result -> {
                trained.addAll(numbers);
                steps.add(new Step(result, samples.getLast().record()));
                if (result.removed()) {
                    snapshots.add(snapshot(trainer.isRemovalComplete() ? MaskState.FINAL : MaskState.SEARCHING));
                }
            }
        }
    }

    private void refuse(SimRecord record, String detail) {
        refused.add(new Refusal(record.partition(), record.offset(), trainer.step() + 1, detail));
    }

    /** How a dead letter tells which of the record's samples were refused. */
    private static String which(SimRecord record, List<Sample> step) {
        List<Integer> places = step.stream()
                .filter(sample -> sample.record().equals(record))
                .map(Sample::place)
                .toList();
        if (places.size() == step.size() && places.size() == record.samples()) {
            return "";
        }
        String which = places.size() == 1
                ? "sample " + places.getFirst()
                : "samples " + places.getFirst() + " to " + places.getLast();
        return "; " + which + " of " + record.samples() + " of this record were in the refused mini-batch of "
                + step.size();
    }

    private Moment note() {
        SimStanding standing = SimStanding.of(input.partitions().size(), merged, consumed);
        Moment now = new Moment(standing, trainer.step(), trainer.digest(), List.copyOf(trained), List.copyOf(refused));
        moments.put(standing, now);
        return now;
    }

    private Snapshot snapshot(MaskState state) {
        List<LayerBits> bits = List.of(new LayerBits(
                SimTrainer.LAYER.parameter(),
                SimTrainer.LAYER.layout(),
                trainer.masks().getFirst().bits()));
        var draft = new MaskDraft(new Origin("sim", "oracle", trainer.step()), 1, state, SimPlan.PATTERN, bits);
        return new Snapshot(
                trainer.step(), state, MaskPublication.first(draft).manifest().layers());
    }

    /** The moment at which just that is consumed; empty if there is none. */
    Optional<Moment> at(SimStanding standing) {
        return Optional.ofNullable(moments.get(standing));
    }

    Moment end() {
        return end;
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
