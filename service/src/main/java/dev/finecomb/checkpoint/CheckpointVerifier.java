package dev.finecomb.checkpoint;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Believes a checkpoint only after its manifest matched the commit's digest, and every file the manifest's. */
final class CheckpointVerifier {
    /** No manifest is larger; a file that is has been exchanged, and is not worth reading. */
    private static final long MAX_MANIFEST_BYTES = 1 << 20;

    private CheckpointVerifier() {}

    static StoredCheckpoint verify(Path store, CheckpointPointer pointer)
            throws IOException, CorruptCheckpointException {
        CheckpointId id = CheckpointId.of(pointer);
        Path directory = store.resolve(id.directoryName());
        Path file = directory.resolve(CheckpointStore.MANIFEST);
        byte[] bytes = manifestBytes(file, pointer.manifestSha256());
        CheckpointManifest manifest = decode(file, bytes);
        requireSame(file, pointer.origin().toString(), manifest.origin().toString());
        return verifyFiles(described(id, directory, manifest, bytes));
    }

    /**
     * Verifies a checkpoint that no commit at hand names: whole it is if its files are its own manifest's. Whether that is
     * the manifest that was committed once, only what becomes of it can tell.
     */
    static StoredCheckpoint verifyUnnamed(Path store, CheckpointId id) throws IOException, CorruptCheckpointException {
        return verifyFiles(readUnnamed(store, id));
    }

    /** The same without a look at the files that the manifest names. */
    static StoredCheckpoint readUnnamed(Path store, CheckpointId id) throws IOException, CorruptCheckpointException {
        Path directory = store.resolve(id.directoryName());
        Path file = directory.resolve(CheckpointStore.MANIFEST);
        byte[] bytes = read(file, "the manifest of " + id);
        return described(id, directory, decode(file, bytes), bytes);
    }

    private static StoredCheckpoint described(
            CheckpointId id, Path directory, CheckpointManifest manifest, byte[] manifestBytes)
            throws CorruptCheckpointException {
        Path file = directory.resolve(CheckpointStore.MANIFEST);
        requireSame(file, id.toString(), CheckpointId.of(manifest).toString());
        return new StoredCheckpoint(id, directory, manifest, manifestBytes);
    }

    private static StoredCheckpoint verifyFiles(StoredCheckpoint checkpoint)
            throws IOException, CorruptCheckpointException {
        for (FileEntry entry : checkpoint.manifest().files()) {
            verifyFile(checkpoint.directory(), entry);
        }
        return checkpoint;
    }

    private static byte[] manifestBytes(Path file, String sha256) throws IOException, CorruptCheckpointException {
        byte[] bytes = read(file, digest(sha256));
        requireSame(file, digest(sha256), digest(Sha256.hex(bytes)));
        return bytes;
    }

    private static byte[] read(Path file, String expected) throws IOException, CorruptCheckpointException {
        long size = sizeOf(file, expected);
        if (size > MAX_MANIFEST_BYTES) {
            throw new CorruptCheckpointException(file, expected, size + " bytes");
        }
        return Files.readAllBytes(file);
    }

    private static CheckpointManifest decode(Path file, byte[] bytes) throws CorruptCheckpointException {
        try {
            return CheckpointManifest.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new CorruptCheckpointException(
                    file, "a checkpoint manifest", "a malformed one (" + e.getMessage() + ")");
        }
    }

    static void verifyFile(Path directory, FileEntry entry) throws IOException, CorruptCheckpointException {
        Path file = directory.resolve(entry.name());
        long size = sizeOf(file, digest(entry.sha256()));
        requireSame(file, entry.bytes() + " bytes", size + " bytes");
        requireSame(file, digest(entry.sha256()), digest(Sha256.hex(file)));
    }

    private static long sizeOf(Path file, String expected) throws IOException, CorruptCheckpointException {
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new CorruptCheckpointException(file, expected, "no file");
            }
            return Files.size(file);
        } catch (NoSuchFileException e) {
            throw new CorruptCheckpointException(file, expected, "no file");
        }
    }

    private static void requireSame(Path file, String expected, String found) throws CorruptCheckpointException {
        if (!expected.equals(found)) {
            throw new CorruptCheckpointException(file, expected, found);
        }
    }

    private static String digest(String sha256) {
        return "sha256:" + sha256;
    }
}
