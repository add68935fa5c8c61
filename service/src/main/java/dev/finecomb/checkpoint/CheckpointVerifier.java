package dev.finecomb.checkpoint;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalLong;

/** Believes a checkpoint only after its manifest matched the commit's digest, and every file the manifest's. */
final class CheckpointVerifier {
    /** No manifest is larger; a file that is has been exchanged, and is not worth reading. */
    private static final long MAX_MANIFEST_BYTES = 1 << 20;

    private CheckpointVerifier() {}

    static StoredCheckpoint verify(Medium medium, CheckpointPointer pointer)
            throws IOException, CorruptCheckpointException {
        CheckpointId id = CheckpointId.of(pointer);
        String file = medium.locate(id, CheckpointStore.MANIFEST);
        byte[] bytes = manifestBytes(medium, id, pointer.manifestSha256());
        CheckpointManifest manifest = decode(file, bytes);
        requireSame(file, pointer.origin().toString(), manifest.origin().toString());
        return verifyFiles(medium, described(id, medium, manifest, bytes));
    }

    /**
     * Verifies a checkpoint that no commit at hand names: whole it is if its files are its own manifest's. Whether that is
     * the manifest that was committed once, only what becomes of it can tell.
     */
    static StoredCheckpoint verifyUnnamed(Medium medium, CheckpointId id)
            throws IOException, CorruptCheckpointException {
        return verifyFiles(medium, readUnnamed(medium, id));
    }

    /** The same without a look at the files that the manifest names. */
    static StoredCheckpoint readUnnamed(Medium medium, CheckpointId id) throws IOException, CorruptCheckpointException {
        String file = medium.locate(id, CheckpointStore.MANIFEST);
        byte[] bytes = read(medium, id, "the manifest of " + id);
        return described(id, medium, decode(file, bytes), bytes);
    }

    private static StoredCheckpoint described(
            CheckpointId id, Medium medium, CheckpointManifest manifest, byte[] manifestBytes)
            throws CorruptCheckpointException {
        String file = medium.locate(id, CheckpointStore.MANIFEST);
        requireSame(file, id.toString(), CheckpointId.of(manifest).toString());
        return new StoredCheckpoint(id, medium, manifest, manifestBytes);
    }

    private static StoredCheckpoint verifyFiles(Medium medium, StoredCheckpoint checkpoint)
            throws IOException, CorruptCheckpointException {
        for (FileEntry entry : checkpoint.manifest().files()) {
            verifyFile(medium, checkpoint.id(), entry);
        }
        return checkpoint;
    }

    private static byte[] manifestBytes(Medium medium, CheckpointId id, String sha256)
            throws IOException, CorruptCheckpointException {
        byte[] bytes = read(medium, id, digest(sha256));
        requireSame(medium.locate(id, CheckpointStore.MANIFEST), digest(sha256), digest(Sha256.hex(bytes)));
        return bytes;
    }

    private static byte[] read(Medium medium, CheckpointId id, String expected)
            throws IOException, CorruptCheckpointException {
        long size = sizeOf(medium, id, CheckpointStore.MANIFEST, expected);
        if (size > MAX_MANIFEST_BYTES) {
            throw new CorruptCheckpointException(
                    medium.locate(id, CheckpointStore.MANIFEST), expected, size + " bytes");
        }
        return Files.readAllBytes(medium.fetch(id, CheckpointStore.MANIFEST));
    }

    private static CheckpointManifest decode(String file, byte[] bytes) throws CorruptCheckpointException {
        try {
            return CheckpointManifest.decode(bytes);
        } catch (MalformedMessageException e) {
            throw new CorruptCheckpointException(
                    file, "a checkpoint manifest", "a malformed one (" + e.getMessage() + ")");
        }
    }

    /** Brings the file within reach, and verifies that copy. */
    static void verifyFile(Medium medium, CheckpointId id, FileEntry entry)
            throws IOException, CorruptCheckpointException {
        requireSize(medium, id, entry);
        requireDigest(medium, id, entry, Sha256.hex(medium.fetch(id, entry.name())));
    }

    /** Verifies the file where it lies. */
    static void verifyThere(Medium medium, CheckpointId id, FileEntry entry)
            throws IOException, CorruptCheckpointException {
        requireSize(medium, id, entry);
        requireDigest(medium, id, entry, medium.sha256(id, entry.name()));
    }

    private static void requireSize(Medium medium, CheckpointId id, FileEntry entry)
            throws IOException, CorruptCheckpointException {
        long size = sizeOf(medium, id, entry.name(), digest(entry.sha256()));
        requireSame(medium.locate(id, entry.name()), entry.bytes() + " bytes", size + " bytes");
    }

    private static void requireDigest(Medium medium, CheckpointId id, FileEntry entry, String found)
            throws CorruptCheckpointException {
        requireSame(medium.locate(id, entry.name()), digest(entry.sha256()), digest(found));
    }

    private static long sizeOf(Medium medium, CheckpointId id, String file, String expected)
            throws IOException, CorruptCheckpointException {
        OptionalLong size = medium.size(id, file);
        if (size.isEmpty()) {
            throw new CorruptCheckpointException(medium.locate(id, file), expected, "no file");
        }
        return size.getAsLong();
    }

    private static void requireSame(String file, String expected, String found) throws CorruptCheckpointException {
        if (!expected.equals(found)) {
            throw new CorruptCheckpointException(file, expected, found);
        }
    }

    private static String digest(String sha256) {
        return "sha256:" + sha256;
    }
}
