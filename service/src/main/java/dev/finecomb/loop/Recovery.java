package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.CorruptCheckpointException;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.sparsity.IncompatibleStateException;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the trainer to where the newest commit stands. Its checkpoint is the way; if that is damaged and the settings allow
 * it, then what Kafka itself holds of the small files, and for the tensors the newest older checkpoint that is whole, from
 * which the input is trained again. Stepping back alone would train records twice and contradict published masks; so nothing
 * goes on before the replayed state has the digest that the commit names.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final String BRING_BACK =
            "Bring the file back from a copy of the store; nothing is trained until then.";

    private final LoopParts parts;
    private final LoopSettings settings;
    private final Host host;

    /**
     * Where the trainer stands.
     *
     * @param committed the checkpoint that Kafka names
     * @param remembered what the loop knew there
     * @param rewoundTo the older checkpoint that took its place
     * @param replayed the intake of a replay from there, which has begun to read and stands where the commit does
     */
    record Standpoint(
            CheckpointId committed,
            CheckpointCodec.Remembered remembered,
            Optional<CheckpointId> rewoundTo,
            Optional<Intake> replayed) {
        LoopMemory memory() {
            return remembered.memory();
        }
    }

    Recovery(LoopParts parts, LoopSettings settings, Host host) {
        this.parts = parts;
        this.settings = settings;
        this.host = host;
    }

    /**
     * Restores the trainer.
     *
     * @param pointer names the committed checkpoint
     * @param manifest as it was published; its digest is the pointer's
     * @throws OperatorNeededException when the checkpoint is damaged and there is no way back to it
     */
    Standpoint recover(CheckpointPointer pointer, CheckpointManifest manifest)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        try {
            return stand(parts.store().load(pointer));
        } catch (CorruptCheckpointException damage) {
            return switch (settings.checkpoint().onCorrupt()) {
                case STOP ->
                    throw new OperatorNeededException(
                            damaged(damage) + ". " + BRING_BACK
                                    + " Or set finecomb.checkpoint.on-corrupt=rewind: the input is then trained again from"
                                    + " an older checkpoint, and the job goes on only if the outcome is the same to the"
                                    + " bit.",
                            damage);
                case REWIND -> afterDamage(pointer, manifest, damage);
            };
        }
    }

    private static String damaged(CorruptCheckpointException damage) {
        return "the checkpoint that Kafka names is damaged: " + damage.getMessage();
    }

    private Standpoint stand(StoredCheckpoint checkpoint) throws IOException, OperatorNeededException {
        CheckpointCodec.Restored restored = CheckpointCodec.read(checkpoint);
        restore(checkpoint, restored);
        return new Standpoint(
                checkpoint.id(),
                new CheckpointCodec.Remembered(restored.memory(), restored.masks()),
                Optional.empty(),
                Optional.empty());
    }

    private Standpoint afterDamage(
            CheckpointPointer pointer, CheckpointManifest manifest, CorruptCheckpointException damage)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        LOG.warn("checkpoint={} is damaged: {}", CheckpointId.of(pointer), damage.getMessage());
        List<String> mended = parts.store().mend(pointer, manifest);
        if (mended.isEmpty()) {
            return rewind(pointer, manifest, damage);
        }
        LOG.warn("written back from the published manifest: {}", mended);
        try {
            return stand(parts.store().load(pointer));
        } catch (CorruptCheckpointException more) {
            LOG.warn("checkpoint={} is damaged still: {}", CheckpointId.of(pointer), more.getMessage());
            return rewind(pointer, manifest, more);
        }
    }

    private Standpoint rewind(CheckpointPointer pointer, CheckpointManifest manifest, CorruptCheckpointException damage)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        StoredCheckpoint ancestor = ancestor(manifest, damage);
        CheckpointId committed = CheckpointId.of(pointer);
        CheckpointCodec.Remembered remembered = CheckpointCodec.remembered(manifest, parts.store());
        LOG.warn(
                "rewinding from checkpoint={} to checkpoint={}: steps {} to {} are trained again, silently",
                committed,
                ancestor.id(),
                ancestor.manifest().origin().step(),
                pointer.origin().step());
        CheckpointCodec.Restored restored = CheckpointCodec.read(ancestor);
        restore(ancestor, restored);
        Intake intake = replay(ancestor, restored.memory(), goal(manifest, remembered.memory()), damage);
        requireSameState(ancestor, manifest, damage);
        goOnAtRateOf(remembered.memory());
        LOG.warn(
                "rewound to checkpoint={}: the state of step {} is the committed one",
                ancestor.id(),
                parts.trainer().step());
        return new Standpoint(committed, remembered, Optional.of(ancestor.id()), Optional.of(intake));
    }

    private StoredCheckpoint ancestor(CheckpointManifest manifest, CorruptCheckpointException damage)
            throws IOException, OperatorNeededException {
        CheckpointStore.Ancestry ancestry =
                parts.store().newestAncestor(CheckpointId.of(manifest), older -> noWayTo(manifest, older));
        ancestry.passedOver().forEach(reason -> LOG.warn("no way to rewind to: {}", reason));
        return ancestry.newest()
                .orElseThrow(() -> new OperatorNeededException(
                        damaged(damage) + ", and there is no older checkpoint to rewind to: "
                                + (ancestry.passedOver().isEmpty()
                                        ? "the store holds none of this job's history"
                                        : String.join("; ", ancestry.passedOver()))
                                + ". " + BRING_BACK,
                        damage));
    }

    /** Why training on from an older checkpoint can't lead to the committed one; empty if it may. */
    private static Optional<String> noWayTo(CheckpointManifest committed, CheckpointManifest older) {
        if (!older.fingerprints().equals(committed.fingerprints())
                || !older.origin().job().equals(committed.origin().job())) {
            return Optional.of("was made for another model or under other settings");
        }
        // Never committed: its owner had gone further than the one that took over from the commit before.
        boolean beyond = older.origin().step() > committed.origin().step()
                || Positions.of(older.positions()).isBeyond(Positions.of(committed.positions()));
        return beyond ? Optional.of("lies beyond the committed one") : Optional.empty();
    }

    private static Replay.Goal goal(CheckpointManifest manifest, LoopMemory memory) {
        return new Replay.Goal(
                manifest.origin().step(),
                Positions.of(manifest.positions()),
                memory.standing().input());
    }

    private Intake replay(
            StoredCheckpoint ancestor, LoopMemory memory, Replay.Goal goal, CorruptCheckpointException damage)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        Positions from = Positions.of(ancestor.manifest().positions());
        var intake = new Intake(
                parts.source(),
                settings.input().intake(),
                from,
                memory.standing().input());
        try {
            intake.begin();
            new Replay(parts.trainer(), intake, host).run(goal);
            return intake;
        } catch (OperatorNeededException e) {
            throw new OperatorNeededException(
                    damaged(damage) + ", and the input can't be trained again from checkpoint " + ancestor.id() + " at "
                            + from + ": " + withoutPeriod(String.valueOf(e.getMessage())) + ". "
                            + whatArrivalMeans(ancestor) + BRING_BACK,
                    e);
        }
    }

    private String stateSha256() throws IOException {
        try (TrainerSnapshot snapshot = parts.trainer().snapshot()) {
            return CheckpointCodec.stateSha256(snapshot);
        }
    }

    private void requireSameState(
            StoredCheckpoint ancestor, CheckpointManifest manifest, CorruptCheckpointException damage)
            throws IOException, OperatorNeededException {
        String expected = CheckpointCodec.stateSha256(manifest);
        String found = stateSha256();
        if (!found.equals(expected)) {
            throw new OperatorNeededException(
                    damaged(damage) + ", and training again from checkpoint " + ancestor.id() + " to step "
                            + manifest.origin().step() + " gave another state: expected sha256:" + expected
                            + ", found sha256:" + found
                            + ". Either an order changed the learning rate in between, or partitions were added, or the"
                            + " device, the engine or the number of threads is not the one that trained first, or the"
                            + " device does not repeat its results. " + whatArrivalMeans(ancestor)
                            + "Nothing was published. "
                            + BRING_BACK,
                    damage);
        }
    }

    private static String withoutPeriod(String message) {
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    private String whatArrivalMeans(StoredCheckpoint ancestor) {
        boolean severalPartitions = ancestor.manifest().positions().size() > 1;
        return severalPartitions && settings.input().intake().merge() == Merge.ARRIVAL
                ? "With finecomb.ingest.merge=arrival nobody knows afterwards in which order several partitions were read. "
                : "";
    }

    private void restore(StoredCheckpoint checkpoint, CheckpointCodec.Restored restored)
            throws OperatorNeededException {
        try (TrainerSnapshot snapshot = restored.snapshot()) {
            parts.trainer().restore(snapshot);
            goOnAtRateOf(restored.memory());
        } catch (IllegalArgumentException | IncompatibleStateException e) {
            throw new OperatorNeededException("checkpoint " + checkpoint + " does not fit: " + e.getMessage(), e);
        }
    }

    private void goOnAtRateOf(LoopMemory memory) {
        double ordered = memory.orders().baseRate();
        if (ordered > 0) {
            parts.trainer().setBaseRate(ordered);
        }
    }
}
