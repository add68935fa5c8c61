package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointPart;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.CorruptCheckpointException;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.checkpoint.Survey;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The real store with the plan's deliberate mistakes. */
final class SimStore implements CheckpointStore {
    private final SimPlan plan;
    private final CheckpointStore store;

    SimStore(SimPlan plan, CheckpointStore store) {
        this.plan = plan;
        this.store = store;
    }

    @Override
    public StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, ManifestMaker manifest)
            throws IOException {
        StoredCheckpoint stored = store.write(id, parts, manifest);
        if (plan.breaks(SimBreak.COLLECTED_BEFORE_COMMIT)) {
            store.collect(id, plan.cuts().keep());
        }
        return stored;
    }

    @Override
    public StoredCheckpoint load(CheckpointPointer pointer) throws IOException, CorruptCheckpointException {
        return SimAmnesia.of(plan, store.load(pointer));
    }

    @Override
    public List<String> mend(CheckpointPointer pointer, CheckpointManifest manifest) throws IOException {
        return store.mend(pointer, manifest);
    }

    @Override
    public byte[] salvage(CheckpointId id, FileEntry file) throws IOException, CorruptCheckpointException {
        return store.salvage(id, file);
    }

    @Override
    public Ancestry newestAncestor(CheckpointId damaged, Function<CheckpointManifest, Optional<String>> unfit)
            throws IOException {
        return store.newestAncestor(damaged, unfit);
    }

    @Override
    public void collect(CheckpointId committed, int keep) throws IOException {
        store.collect(committed, plan.breaks(SimBreak.KEEPS_ONE_LESS) ? Math.max(0, keep - 1) : keep);
    }

    @Override
    public Survey survey() throws IOException {
        return store.survey();
    }

    @Override
    public void removeUnfinished(Survey seen) throws IOException {
        store.removeUnfinished(seen);
    }

    @Override
    public void removeAbandonedBeginnings(Survey seen) throws IOException {
        store.removeAbandonedBeginnings(seen);
    }

    @Override
    public long nextSequence(CheckpointId committed) throws IOException {
        return store.nextSequence(committed);
    }

    @Override
    public void probeWritable() throws IOException {
        store.probeWritable();
    }
}
