package dev.finecomb.checkpoint;

import dev.finecomb.checkpoint.Medium.Entry;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.storage.ObjectStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the checkpoints of a store from outside and changes nothing, so it may do so beside the store's owner.
 * What the owner deletes meanwhile is gone, not damaged: it takes the name away before the content.
 *
 * <p>Which checkpoint counts, the store can't tell: that is whichever the last commit in Kafka names.
 */
public final class CheckpointInspector {
    private final Medium medium;

    /**
     * What was seen of one checkpoint.
     *
     * @param stored its manifest and place; empty if the manifest can't be believed
     * @param setAside whether its owner found it damaged and went on from an older one
     * @param damage one message a wrong or missing file
     */
    public record Inspection(
            CheckpointId id, Optional<StoredCheckpoint> stored, boolean setAside, List<String> damage) {
        /** Copies the list. */
        public Inspection {
            damage = List.copyOf(damage);
        }

        /** Whether nothing of what was looked at is wrong. */
        public boolean isWhole() {
            return damage.isEmpty();
        }
    }

    private CheckpointInspector(Medium medium) {
        this.medium = medium;
    }

    /**
     * For the directory that {@code checkpoint.directory} names.
     *
     * @throws NotDirectoryException if there is none
     */
    public static CheckpointInspector ofDirectory(Path directory) throws NotDirectoryException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        return new CheckpointInspector(new DirectoryMedium(directory, FileOperations.SYSTEM, () -> ""));
    }

    /**
     * For the place in an object store that {@code checkpoint.directory} names.
     *
     * @param scratch takes manifests that are read, and is empty after each look
     */
    public static CheckpointInspector ofBucket(ObjectStorage storage, Path scratch) {
        return new CheckpointInspector(new BucketMedium(storage, scratch.resolve("inspected"), () -> ""));
    }

    /** The finished checkpoints, by incarnation, then as the history ran. */
    public List<CheckpointId> checkpoints() throws IOException {
        return medium.list().stream()
                .flatMap(entry -> entry.id().stream())
                .sorted()
                .toList();
    }

    /** Names of what is being written or deleted, or was left behind in the middle of it. */
    public List<String> unfinished() throws IOException {
        return medium.list().stream()
                .filter(entry -> !entry.finished())
                .map(Entry::name)
                .sorted()
                .toList();
    }

    /** Reads a checkpoint's manifest, not its files; empty if the checkpoint is gone. */
    public Optional<Inspection> describe(CheckpointId id) throws IOException {
        return inspect(id, false);
    }

    /** The same, and reads every file that the manifest names and compares its digest. */
    public Optional<Inspection> verify(CheckpointId id) throws IOException {
        return inspect(id, true);
    }

    private Optional<Inspection> inspect(CheckpointId id, boolean files) throws IOException {
        List<String> damage = new ArrayList<>();
        Optional<StoredCheckpoint> stored = Optional.empty();
        try {
            stored = Optional.of(CheckpointVerifier.readUnnamed(medium, id));
            for (FileEntry entry : files ? stored.get().manifest().files() : List.<FileEntry>of()) {
                inspect(id, entry).ifPresent(damage::add);
            }
        } catch (CorruptCheckpointException unreadable) {
            damage.add(String.valueOf(unreadable.getMessage()));
        } catch (IOException unreadable) {
            if (there(id).isPresent()) {
                throw unreadable;
            }
        } finally {
            medium.releaseFetched();
        }
        Optional<StoredCheckpoint> described = stored;
        return there(id).map(entry -> new Inspection(id, described, entry.setAside(), damage));
    }

    private Optional<String> inspect(CheckpointId id, FileEntry file) throws IOException {
        try {
            CheckpointVerifier.verifyThere(medium, id, file);
            return Optional.empty();
        } catch (CorruptCheckpointException wrong) {
            return Optional.of(String.valueOf(wrong.getMessage()));
        }
    }

    private Optional<Entry> there(CheckpointId id) throws IOException {
        return medium.look(id.directoryName()).filter(Entry::finished);
    }
}
