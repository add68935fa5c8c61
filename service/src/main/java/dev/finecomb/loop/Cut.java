package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.ingest.Positions;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.publish.OutputRecord;
import dev.finecomb.training.TrainerSnapshot;
import java.util.List;

/**
 * Trainer state, positions and pending outputs, frozen together between two steps. Immutable: the next step goes on while a
 * cut is written and committed.
 *
 * @param origin job, incarnation and steps done
 * @param answers owed when it is committed
 */
record Cut(
        CheckpointId id,
        Origin origin,
        State state,
        Positions positions,
        List<OutputRecord> outputs,
        List<Answer> answers) {

    /** The same under another name, when this one is taken. */
    Cut named(CheckpointId other) {
        return new Cut(other, origin, state, positions, outputs, answers);
    }

    /** What becomes the checkpoint's files. */
    record State(TrainerSnapshot snapshot, LoopMemory memory, MaskManifest masks) {}
}
