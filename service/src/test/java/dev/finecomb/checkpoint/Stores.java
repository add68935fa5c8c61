package dev.finecomb.checkpoint;

import java.nio.file.Path;
import java.util.function.Supplier;

/** Stores whose temporary names a test decides. */
public final class Stores {
    private Stores() {}

    /** The real store in a directory that exists. */
    public static CheckpointStore open(Path directory, Supplier<String> tokens) {
        return new CheckpointKeeper(new DirectoryMedium(directory, FileOperations.SYSTEM, tokens));
    }

    /** The same, over a disk that notes what is done to it. */
    public static CheckpointStore open(Path directory, Supplier<String> tokens, RecordedDisk disk) {
        return new CheckpointKeeper(new DirectoryMedium(directory, disk, tokens));
    }

    /** The same checkpoint with its files in another store. */
    public static StoredCheckpoint elsewhere(StoredCheckpoint stored, Path directory) {
        Medium medium = new DirectoryMedium(directory, FileOperations.SYSTEM, () -> "");
        return new StoredCheckpoint(stored.id(), medium, stored.manifest(), stored.manifestBytes());
    }
}
