package dev.finecomb.checkpoint;

import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that lies durably, or verified, under its name. Immutable. */
public final class StoredCheckpoint {
    private final CheckpointId id;
    private final Medium medium;
    private final CheckpointManifest manifest;
    private final byte[] manifestBytes;

    StoredCheckpoint(CheckpointId id, Medium medium, CheckpointManifest manifest, byte[] manifestBytes) {
        this.id = id;
        this.medium = medium;
        this.manifest = manifest;
        this.manifestBytes = manifestBytes;
    }

    public CheckpointId id() {
        return id;
    }

    /** How people write where it lies. */
    public String location() {
        return medium.locate(id);
    }

    public CheckpointManifest manifest() {
        return manifest;
    }

    /** The manifest as it lies there, to be published unchanged. A copy. */
    public byte[] manifestBytes() {
        return manifestBytes.clone();
    }

    /** What a commit writes beside the offsets to name this checkpoint. */
    public CheckpointPointer pointer() {
        return new CheckpointPointer(manifest.origin(), manifest.sequence(), Sha256.hex(manifestBytes));
    }

    /**
     * A file of this machine with the content of a part, to be read, until the store removes what was left unfinished.
     *
     * @throws IOException if the part lies elsewhere and can't be copied
     * @throws IllegalArgumentException if the manifest names no such part
     */
    public Path part(String name) throws IOException {
        if (manifest.files().stream().noneMatch(file -> file.name().equals(name))) {
            throw new IllegalArgumentException("checkpoint " + id + " has no part \"" + name + "\"");
        }
        return medium.local(id, name);
    }

    @Override
    public String toString() {
        return id + " at " + location();
    }
}
