package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The durable write: temporary directory, every part written and forced, the manifest last, the directory's entries
 * forced, rename, the parent's entries forced. A name thus never points at data that could still be lost.
 *
 * <p>A failed force means that the system may have dropped the pages it could not write while a second force succeeds; so
 * after any failure the whole directory is abandoned, never mended.
 */
final class CheckpointWriter {
    private final Path store;
    private final FileOperations operations;
    /** What could neither be made durable under its name nor be taken back. */
    private final Set<Path> leftBehind = new HashSet<>();

    CheckpointWriter(Path store, FileOperations operations) {
        this.store = store;
        this.operations = operations;
    }

    StoredCheckpoint write(
            CheckpointId id, Path temporary, List<CheckpointPart> parts, CheckpointStore.ManifestMaker maker)
            throws IOException {
        Path target = store.resolve(id.directoryName());
        makeRoom(id, target);
        requireFree(target);
        requireDistinct(parts);
        operations.createDirectory(temporary);
        try {
            CheckpointManifest manifest = maker.describe(writeParts(temporary, parts));
            requireDescribes(manifest, id);
            byte[] manifestBytes = manifest.encode();
            write(temporary.resolve(CheckpointStore.MANIFEST), manifestBytes);
            operations.forceDirectory(temporary);
            // Renaming onto a directory with content fails, so of two writers of one name only one succeeds.
            operations.rename(temporary, target);
            forceName(target);
            return new StoredCheckpoint(id, target, manifest, manifestBytes);
        } catch (IOException | RuntimeException failure) {
            abandon(temporary, failure);
            throw failure;
        }
    }

    private List<FileEntry> writeParts(Path temporary, List<CheckpointPart> parts) throws IOException {
        List<FileEntry> files = new ArrayList<>();
        long room = FileEntry.MAX_CONTENT_BYTES;
        for (CheckpointPart part : parts) {
            try (var channel = new DigestingChannel(temporary.resolve(part.name()), operations)) {
                part.content().writeTo(channel);
                channel.force();
                // What is too large for the manifest lies on the disk alone.
                Optional<String> carried = channel.bytes() <= room ? part.text() : Optional.empty();
                room -= carried.isPresent() ? channel.bytes() : 0;
                files.add(new FileEntry(part.name(), channel.bytes(), channel.sha256Hex(), carried));
            }
        }
        return files;
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

    private static void requireDistinct(List<CheckpointPart> parts) {
        Set<String> names = new HashSet<>();
        for (CheckpointPart part : parts) {
            if (!names.add(part.name())) {
                throw new IllegalArgumentException("two parts of a checkpoint are named \"" + part.name() + "\"");
            }
        }
    }

    private static void requireDescribes(CheckpointManifest manifest, CheckpointId id) {
        CheckpointId described = CheckpointId.of(manifest);
        if (!described.equals(id)) {
            throw new IllegalArgumentException("the manifest describes " + described + ", not " + id);
        }
    }
}
