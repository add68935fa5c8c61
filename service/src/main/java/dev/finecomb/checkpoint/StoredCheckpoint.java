package dev.finecomb.checkpoint;

import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.nio.file.Path;

/** A checkpoint that lies durably, or verified, on disk. Immutable. */
public final class StoredCheckpoint {
    private final CheckpointId id;
    private final Path directory;
    private final CheckpointManifest manifest;
    private final byte[] manifestBytes;

    StoredCheckpoint(CheckpointId id, Path directory, CheckpointManifest manifest, byte[] manifestBytes) {
        this.id = id;
        this.directory = directory;
        this.manifest = manifest;
        this.manifestBytes = manifestBytes;
    }

    public CheckpointId id() {
        return id;
    }

    /** Where its files lie. */
    public Path directory() {
        return directory;
    }

    public CheckpointManifest manifest() {
        return manifest;
    }

    /** The manifest as it lies on disk, to be published unchanged. A copy. */
    public byte[] manifestBytes() {
        return manifestBytes.clone();
    }

    /** What a commit writes beside the offsets to name this checkpoint. */
    public CheckpointPointer pointer() {
        return new CheckpointPointer(manifest.origin(), manifest.sequence(), Sha256.hex(manifestBytes));
    }

    /**
     * The file of a part.
     *
     * @throws IllegalArgumentException if the manifest names no such part
     */
    public Path part(String name) {
        if (manifest.files().stream().noneMatch(file -> file.name().equals(name))) {
            throw new IllegalArgumentException("checkpoint " + id + " has no part \"" + name + "\"");
        }
        return directory.resolve(name);
    }

    @Override
    public String toString() {
        return id + " in " + directory;
    }
}
