package dev.finecomb.checkpoint;

import dev.finecomb.checkpoint.Medium.Entry;
import java.util.List;

/** What a look into the store found. Opaque but for the checkpoints' names: it exists to be handed back. */
public final class Survey {
    private final List<Entry> entries;

    Survey(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    List<Entry> entries() {
        return entries;
    }

    /** The finished checkpoints, by incarnation, then as the history ran. */
    public List<CheckpointId> checkpoints() {
        return entries.stream().flatMap(entry -> entry.id().stream()).sorted().toList();
    }

    /**
     * Whether a first start may begin here: nothing lies in the store but first checkpoints, which a start that died
     * before its first commit leaves behind, and which hold nothing learned.
     */
    public boolean holdsNothingLearned() {
        return checkpoints().stream().allMatch(id -> id.sequence() == CheckpointId.FIRST_SEQUENCE);
    }
}
