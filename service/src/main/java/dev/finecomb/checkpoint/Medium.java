package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where checkpoints lie, and what is one step there. A {@link CheckpointKeeper} decides what is written, believed and
 * deleted; a medium knows how a checkpoint appears whole or not at all: by a rename in a directory, by the manifest that
 * comes last in an object store.
 */
interface Medium {
    /**
     * Something that lies there, as it was seen.
     *
     * @param name its own; a checkpoint's is that of its {@link CheckpointId}
     * @param finished whether it is a whole checkpoint, as far as its owner could tell
     * @param setAside whether its owner found it damaged
     * @param bare whether nothing is seen there but a note that the name was used
     * @param mark differs for a later one of the same name, and for the same one once anything was written to it
     */
    record Entry(String name, boolean finished, boolean setAside, boolean bare, String mark) {
        /** The checkpoint, if it is a finished one. */
        Optional<CheckpointId> id() {
            return finished ? usedId() : Optional.empty();
        }

        /** The checkpoint whose name it takes, finished or not. */
        Optional<CheckpointId> usedId() {
            return CheckpointId.ofDirectoryName(name);
        }
    }

    /** What lies there, finished or not; other things are not seen. */
    List<Entry> list() throws IOException;

    /** The same for one name. */
    Optional<Entry> look(String name) throws IOException;

    /**
     * Makes a checkpoint appear under its name, durably, once all of it is durable.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the name was used before
     */
    StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, CheckpointStore.ManifestMaker maker)
            throws IOException;

    /** Takes a finished checkpoint away before its content goes, so that a half-deleted one is never met; or an unfinished one. */
    void discard(Entry entry) throws IOException;

    /** Takes away what an owner left unfinished, but gives no name free that it may still be writing to. */
    void empty(Entry unfinished) throws IOException;

    /** Goes on with what an earlier {@link #discard} could not complete and nobody would ask for again. */
    void finishDeletions() throws IOException;

    /** Notes that a checkpoint is damaged, if it is there; the note outlives the process. */
    void setAside(CheckpointId id) throws IOException;

    /** Takes that note away, if it is there. */
    void bringBack(CheckpointId id) throws IOException;

    /** Writes back what a manifest carries, where it differs or is missing; returns where it lies now. */
    List<String> mend(CheckpointId id, CheckpointManifest manifest, byte[] manifestBytes) throws IOException;

    /** How people write where a checkpoint lies. */
    String locate(CheckpointId id);

    /** How people write where a file of a checkpoint lies. */
    String locate(CheckpointId id, String file);

    /** The length of a file of a checkpoint; empty if it is missing. */
    OptionalLong size(CheckpointId id, String file) throws IOException;

    /** The SHA-256 of a file of a checkpoint as it is now, wherever it lies. */
    String sha256(CheckpointId id, String file) throws IOException;

    /** Brings a file of a checkpoint within reach, as it is now. */
    Path fetch(CheckpointId id, String file) throws IOException;

    /**
     * The file as it was fetched last.
     *
     * @throws IOException if it never was, or is not within reach any more
     */
    Path local(CheckpointId id, String file) throws IOException;

    /** Whether a read that failed may succeed later, so that nothing is to be concluded from the failure. */
    boolean failuresPass();

    /** Deletes what was fetched from afar. What of it is still mapped into memory stays readable there. */
    void releaseFetched() throws IOException;

    /** Writes and deletes something small. */
    void probe() throws IOException;
}
