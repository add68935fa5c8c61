package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The durable write: temporary directory, every part written and forced, the manifest last, the directory's entries
 * forced, rename, the parent's entries forced. A name thus never points at data that could still be lost.
 *
 * <p>A failed force means that the system may have dropped the pages it could not write while a second force succeeds; so
 * after any failure the whole directory is abandoned, never mended.
 */
final class CheckpointWriter {
    private final Medium medium;
    private final Path store;
    private final FileOperations operations;
    /** What could neither be made durable under its name nor be taken back. */
    private final Set<Path> leftBehind = new HashSet<>();

    CheckpointWriter(Medium medium, Path store, FileOperations operations) {
        this.medium = medium;
        this.store = store;
        this.operations = operations;
    }

    StoredCheckpoint write(
            CheckpointId id, Path temporary, List<CheckpointPart> parts, CheckpointStore.ManifestMaker maker)
            throws IOException {
        Path target = store.resolve(id.directoryName());
        makeRoom(id, target);
        requireFree(target);
        operations.createDirectory(temporary);
        try {
            CheckpointManifest manifest = maker.describe(writeParts(temporary, parts));
            byte[] manifestBytes = manifest.encode();
            write(temporary.resolve(CheckpointStore.MANIFEST), manifestBytes);
            operations.forceDirectory(temporary);
            // Renaming onto a directory with content fails, so of two writers of one name only one succeeds.
            operations.rename(temporary, target);
            forceName(target);
            return new StoredCheckpoint(id, medium, manifest, manifestBytes);
        } catch (IOException | RuntimeException failure) {
            abandon(temporary, failure);
            throw failure;
        }
    }

    private List<FileEntry> writeParts(Path temporary, List<CheckpointPart> parts) throws IOException {
        var files = new WrittenFiles();
        for (CheckpointPart part : parts) {
            try (var channel = new DigestingChannel(temporary.resolve(part.name()), operations)) {
                part.content().writeTo(channel);
                channel.force();
                files.add(part, channel.bytes(), channel.sha256Hex());
            }
        }
        return files.entries();
    }

    private void write(Path file, byte[] bytes) throws IOException {
        try (var channel = new DigestingChannel(file, operations)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.force();
        }
    }

    /** A name that may vanish with the next power cut must not be committed: it is taken back. */
    private void forceName(Path target) throws IOException {
        try {
            operations.forceDirectory(store);
        } catch (IOException failure) {
            leftBehind.add(target);
            abandon(target, failure);
            throw failure;
        }
    }

    private void abandon(Path directory, Exception failure) {
        try {
            Trees.delete(directory, operations);
            leftBehind.remove(directory);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * A history's first checkpoint keeps its name through all attempts, for by that a start tells that nothing was learned
     * yet. Only the process that begins the history writes it. Another's name may be a successor's by now and is left alone.
     */
    private void makeRoom(CheckpointId id, Path target) throws IOException {
        if (id.sequence() == CheckpointId.FIRST_SEQUENCE && leftBehind.contains(target)) {
            Trees.delete(target, operations);
            leftBehind.remove(target);
        }
    }

    private static void requireFree(Path target) throws FileAlreadyExistsException {
        if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "a checkpoint is never overwritten");
        }
    }
}
