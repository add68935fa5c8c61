package dev.finecomb.checkpoint;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;

/** What a look into the store found. Opaque but for the checkpoints' names: it exists to be handed back. */
public final class Survey {
    /**
     * A directory as it was seen.
     *
     * @param file identity of the directory on its file system, so that a later one of the same name is told apart
     */
    record Entry(Path path, String file, FileTime modified) {
        Optional<CheckpointId> id() {
            return CheckpointId.ofDirectoryName(path.getFileName().toString());
        }
    }

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
