package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks at the checkpoints in a store's directory from outside and changes nothing, so it may do so beside the store's owner.
 * What the owner deletes meanwhile is gone, not damaged: it takes the name away before the content.
 *
 * <p>Which checkpoint counts, the directory can't tell: that is whichever the last commit in Kafka names.
 */
public final class CheckpointInspector {
    private final Path directory;

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

    /**
     * For the directory that {@code checkpoint.directory} names.
     *
     * @throws NotDirectoryException if there is none
     */
    public CheckpointInspector(Path directory) throws NotDirectoryException {
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        this.directory = directory;
    }

    /** The finished checkpoints, by incarnation, then as the history ran. */
    public List<CheckpointId> checkpoints() throws IOException {
        return names().stream()
                .flatMap(name -> CheckpointId.ofDirectoryName(name).stream())
                .sorted()
                .toList();
    }

    /** Names of what is being written or deleted, or was left behind in the middle of it. */
    public List<String> unfinished() throws IOException {
        return names().stream()
                .filter(FileCheckpointStore::isUnfinished)
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
        Path checkpoint = directory.resolve(id.directoryName());
        List<String> damage = new ArrayList<>();
        Optional<StoredCheckpoint> stored = Optional.empty();
        try {
            stored = Optional.of(CheckpointVerifier.readUnnamed(directory, id));
            for (FileEntry entry : files ? stored.get().manifest().files() : List.<FileEntry>of()) {
                inspect(checkpoint, entry).ifPresent(damage::add);
            }
        } catch (CorruptCheckpointException unreadable) {
            damage.add(String.valueOf(unreadable.getMessage()));
        } catch (IOException unreadable) {
            if (isThere(checkpoint)) {
                throw unreadable;
            }
        }
        boolean setAside = Files.exists(checkpoint.resolve(FileCheckpointStore.DAMAGED));
        return isThere(checkpoint) ? Optional.of(new Inspection(id, stored, setAside, damage)) : Optional.empty();
    }

    private static Optional<String> inspect(Path checkpoint, FileEntry entry) throws IOException {
        try {
            CheckpointVerifier.verifyFile(checkpoint, entry);
            return Optional.empty();
        } catch (CorruptCheckpointException wrong) {
            return Optional.of(String.valueOf(wrong.getMessage()));
        }
    }

    private static boolean isThere(Path checkpoint) {
        return Files.isDirectory(checkpoint, LinkOption.NOFOLLOW_LINKS);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
