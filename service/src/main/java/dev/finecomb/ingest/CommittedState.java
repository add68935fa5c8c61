package dev.finecomb.ingest;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;

/** What Kafka says about how far a job is: the only truth a start goes by. */
public sealed interface CommittedState {
    /** Neither offsets nor a manifest: the job never committed anything. */
    record None() implements CommittedState {}

    /**
     * Offsets, their pointer and the published manifest agree.
     *
     * @param pointer names the checkpoint to load
     * @param positions where to read on
     */
    record At(CheckpointPointer pointer, Positions positions, CheckpointManifest manifest) implements CommittedState {}

    /**
     * The offsets expired or the group was deleted, but the manifest is there: the job goes on at the manifest's
     * positions.
     */
    record OffsetsLost(CheckpointPointer pointer, Positions positions, CheckpointManifest manifest)
            implements CommittedState {}

    /**
     * What was found does not fit together, so nothing may be trained from it.
     *
     * @param message what was found, and the command that mends it
     */
    record Contradiction(String message) implements CommittedState {}
}
