package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.CorruptCheckpointException;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.checkpoint.Stores;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The promise, as seven conditions that hold after every event of a schedule. What is committed is looked at when the
 * broker has decided it, what is readable when its markers are written, and the disk after its every change.
 */
final class Invariants {
    /**
     * A commit as it counts.
     *
     * @param moment where an uninterrupted run stood when just that was consumed
     */
    private record Committed(
            CheckpointPointer pointer,
            SimOracle.Moment moment,
            LoopMemory memory,
            SimDisk.Directory directory,
            long changes) {

        String name() {
            return CheckpointId.of(pointer).directoryName();
        }

        /** Whether it is there still, as it was. */
        boolean isUntouched(SimDisk disk) {
            return disk.checkpoint(name()).equals(Optional.of(directory)) && directory.changes() == changes;
        }

        @Override
        public String toString() {
            return "checkpoint " + name() + " of step " + pointer.origin().step() + ", " + moment.standing();
        }
    }

    private final SimWorld world;
    private final SimOracle oracle;
    private final SimAnswers answers;
    private final SimLedger ledger;
    private final CheckpointStore store;
    private final List<Committed> history = new ArrayList<>();
    private Map<TopicPartition, OffsetAndMetadata> visibleOffsets = Map.of();
    private long seenDiskVersion;

    Invariants(SimWorld world, SimOracle oracle) {
        this.world = world;
        this.oracle = oracle;
        this.answers = new SimAnswers(world.plan);
        this.ledger = new SimLedger(oracle, answers);
        this.store = Stores.open(world.disk.store(), () -> "checks");
        world.broker.watch(this::decided, this::visible);
    }

    /** After an event that changed what is on the disk; what the broker decides is checked as it does. */
    void afterEvent() {
        i1OffsetsMoveWithTheirCheckpointOnly();
        if (seenDiskVersion != world.disk.version()) {
            seenDiskVersion = world.disk.version();
            i2CommittedPointerNamesDurableCheckpoint();
            i5CommittedAndPredecessorsAreKept();
        }
    }

    private void decided(SimBroker.Decided decided) {
        i4OnlyNewestOwnerCommits(decided);
        CheckpointPointer pointer = pointer(decided.transaction().offsets().values());
        history.add(i1CheckpointHoldsExactlyWhatIsConsumed(
                pointer, decided.transaction().offsets()));
        i2CommittedPointerNamesDurableCheckpoint();
        i5CommittedAndPredecessorsAreKept();
    }

    /** The commit decided last; no other is decided before it is visible. */
    private void visible(SimBroker.Transaction transaction) {
        visibleOffsets = Map.copyOf(transaction.offsets());
        Committed committed = history.getLast();
        ledger.read(transaction.records());
        i3OutputsCoverExactlyTheCommittedSteps(committed);
        i6OutputsShareTheirStepsFate(committed);
    }

    private static CheckpointPointer pointer(Collection<OffsetAndMetadata> offsets) {
        Set<String> pointers = new HashSet<>();
        for (OffsetAndMetadata offset : offsets) {
            pointers.add(offset.metadata());
        }
        require("I1", pointers.size() == 1, () -> "a commit names " + pointers);
        try {
            return CheckpointPointer.parse(pointers.iterator().next());
        } catch (MalformedMessageException e) {
            throw new InvariantViolation("I1", "a commit's pointer is no pointer: " + e.getMessage());
        }
    }

    /**
     * I1: committed offsets with pointer, if and only if that checkpoint holds the effect of every sample that they, and what
     * the checkpoint remembers beside them, say is consumed.
     */
    private Committed i1CheckpointHoldsExactlyWhatIsConsumed(
            CheckpointPointer pointer, Map<TopicPartition, OffsetAndMetadata> offsets) {
        SimCheckpoint found = SimCheckpoint.read(world.disk, pointer);
        SimStanding standing = standing(offsets, found.memory());
        SimOracle.Moment expected = oracle.at(standing)
                .orElseThrow(() -> new InvariantViolation(
                        "I1", pointer.format() + " stands where no uninterrupted run does: " + standing));
        require(
                "I1",
                SimTrainer.trained(found.snapshot()).equals(expected.trained()),
                () -> pointer.format() + " at " + standing + " holds " + SimTrainer.trained(found.snapshot()) + ", not "
                        + expected.trained());
        require(
                "I1",
                SimTrainer.digest(found.snapshot()) == expected.digest()
                        && found.snapshot().step() == expected.step()
                        && found.snapshot().samples() == expected.trained().size()
                        && pointer.origin().step() == expected.step(),
                () -> pointer.format() + " differs from an uninterrupted run at step " + expected.step());
        return new Committed(
                pointer,
                expected,
                found.memory(),
                found.directory(),
                found.directory().changes());
    }

    private SimStanding standing(Map<TopicPartition, OffsetAndMetadata> offsets, LoopMemory memory) {
        Map<Integer, Long> next = new HashMap<>();
        offsets.forEach((partition, offset) -> next.put(partition.partition(), offset.offset()));
        return SimStanding.committed(world.plan.input(), next, memory.standing().input());
    }

    /** I1, the other direction: no offset is committed but with the transaction that names its checkpoint. */
    private void i1OffsetsMoveWithTheirCheckpointOnly() {
        Map<TopicPartition, OffsetAndMetadata> found = world.broker.committedOffsets();
        require(
                "I1",
                found.equals(visibleOffsets),
                () -> found + " are committed, the last commit had " + visibleOffsets);
    }

    private CheckpointCodec.Restored load(CheckpointPointer pointer) {
        try {
            StoredCheckpoint stored = store.load(pointer);
            return CheckpointCodec.read(stored);
        } catch (IOException | CorruptCheckpointException | OperatorNeededException e) {
            throw new InvariantViolation("I2", pointer.format() + " can't be loaded: " + e);
        }
    }

    /** I2: every committed pointer names a durable checkpoint whose digests verify. */
    private void i2CommittedPointerNamesDurableCheckpoint() {
        if (history.isEmpty()) {
            return;
        }
        Committed newest = history.getLast();
        require("I2", newest.isUntouched(world.disk), () -> newest + " is not what was committed any more");
        require(
                "I2",
                world.disk.isDurable(newest.name(), newest.directory()),
                () -> newest + " would not survive the machine");
    }

    /** I3: visible outputs cover exactly the steps up to the committed one, each once. */
    private void i3OutputsCoverExactlyTheCommittedSteps(Committed committed) {
        ledger.requireSteps(committed.pointer().origin().step());
    }

    /** I4: only the newest producer epoch can move what is committed. */
    private void i4OnlyNewestOwnerCommits(SimBroker.Decided decided) {
        require(
                "I4",
                decided.transaction().session() == decided.newestSession(),
                () -> decided.transaction().process() + " committed as owner "
                        + decided.transaction().session() + " while " + decided.newestSession() + " was the newest");
    }

    /** I5: collection never deletes the committed checkpoint or its K predecessors. */
    private void i5CommittedAndPredecessorsAreKept() {
        int oldest = Math.max(0, history.size() - 1 - world.plan.cuts().keep());
        for (Committed kept : history.subList(oldest, history.size())) {
            require(
                    "I5",
                    kept.isUntouched(world.disk),
                    () -> kept + " is gone, but the newest is " + history.getLast());
        }
    }

    /** I6: metrics, masks, events and dead letters of a step share its fate. */
    private void i6OutputsShareTheirStepsFate(Committed committed) {
        ledger.requireComplete(committed.moment());
        answers.requireTaken(committed.memory());
    }

    /** I7: the result does not depend on when cuts happened, where the processes died, or how often. */
    void i7ResultIsThatOfAnUninterruptedRun() {
        Committed last = history.getLast();
        require("I7", last.moment().equals(oracle.end()), () -> "the job ended at " + last);
        try (TrainerSnapshot end = load(last.pointer()).snapshot()) {
            require("I7", SimTrainer.digest(end) == oracle.end().digest(), () -> "another model at the end");
        }
        ledger.requireFinished(oracle.end());
    }

    /** Commits decided so far. */
    int commits() {
        return history.size();
    }

    /** Whether the finished model is announced. */
    boolean isFinished() {
        return ledger.isFinished();
    }

    static void require(String invariant, boolean holds, Supplier<String> found) {
        if (!holds) {
            throw new InvariantViolation(invariant, found.get());
        }
    }
}
