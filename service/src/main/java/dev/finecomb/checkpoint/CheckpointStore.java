package dev.finecomb.checkpoint;

import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keeps the durable trainer state of one job. A checkpoint is written once, under a name that was free, and never
 * changed; whether it counts is decided elsewhere, by the Kafka transaction that names it. So the store deletes only what
 * a successful commit has made superfluous, and what nobody can have committed.
 *
 * <p>The order that keeps two owners apart: {@link #survey()}, take ownership, read what is committed, {@link #load},
 * {@link #removeUnfinished}. A finished checkpoint that was never committed stays until a commit with a higher sequence
 * makes it superfluous: so no name is ever used again, and a stale owner that wakes up in the middle of a deletion, however
 * late, deletes nothing of its successor's.
 *
 * <p>Single-threaded per caller: one cut writes and collects at a time.
 */
public interface CheckpointStore {
    /** The file that names and digests the others; its bytes are the Kafka record's. */
    String MANIFEST = "manifest.json";

    /** Makes the checkpoint's manifest once the parts' sizes and digests are known. */
    @FunctionalInterface
    interface ManifestMaker {
        CheckpointManifest describe(List<FileEntry> files);
    }

    /**
     * Writes a checkpoint; when it returns, every byte is durable under the final name. After a failure nothing of that
     * name is left to be believed, and no file whose forcing failed is ever used.
     *
     * @param id must be free, see {@link #nextSequence}
     * @param parts written in this order, before the manifest
     * @param manifest must describe {@code id}
     * @throws java.nio.file.FileAlreadyExistsException if a checkpoint of that name exists
     * @throws IOException if the disk or the object store is full, read-only or broken; earlier checkpoints are untouched
     */
    StoredCheckpoint write(CheckpointId id, List<CheckpointPart> parts, ManifestMaker manifest) throws IOException;

    /**
     * Finds the checkpoint that a commit names and verifies its manifest and every file, byte by byte.
     *
     * @throws CorruptCheckpointException if anything is missing or differs; names the file
     * @throws IOException if it cannot be read
     */
    StoredCheckpoint load(CheckpointPointer pointer) throws IOException, CorruptCheckpointException;

    /**
     * Writes back, durably, what a published manifest itself holds of its checkpoint: {@value #MANIFEST} and the files whose
     * content it carries, where they are missing or differ.
     *
     * @param pointer names the checkpoint and its manifest
     * @param manifest as it was published
     * @return where the files lie that were written back; none if the checkpoint is gone, which takes more than small files
     */
    List<String> mend(CheckpointPointer pointer, CheckpointManifest manifest) throws IOException;

    /**
     * Reads a small file of a checkpoint that need not be whole otherwise.
     *
     * @throws CorruptCheckpointException if that file is missing or not as the manifest says
     */
    byte[] salvage(CheckpointId id, FileEntry file) throws IOException, CorruptCheckpointException;

    /**
     * Finds the newest checkpoint that is whole and older than a damaged one of the same history. Whatever is found damaged,
     * the given one first, counts as nobody's predecessor from now on and goes at the next {@link #collect}.
     *
     * @param unfit why a checkpoint of that manifest may not be used; empty if it may
     */
    Ancestry newestAncestor(CheckpointId damaged, Function<CheckpointManifest, Optional<String>> unfit)
            throws IOException;

    /**
     * What a search for an older checkpoint found.
     *
     * @param newest the newest whole one
     * @param passedOver why each newer one was not taken, newest first
     */
    record Ancestry(Optional<StoredCheckpoint> newest, List<String> passedOver) {
        /** Copies. */
        public Ancestry {
            passedOver = List.copyOf(passedOver);
        }
    }

    /**
     * Deletes the checkpoints that a successful commit has made superfluous: of the committed one's own incarnation, all
     * that are older than its {@code keep} newest predecessors. Never the committed one, never anything newer.
     *
     * <p>A predecessor is what this store was told here to be committed, what it loaded, and what that one names as its
     * own. Between them lies only what a stale owner left behind: it was never committed, does not count, and goes. So
     * does what {@link #newestAncestor} found damaged.
     */
    void collect(CheckpointId committed, int keep) throws IOException;

    /** What lies in the store now. Taken before the ownership is, it bounds what {@link #removeUnfinished} may touch. */
    Survey survey() throws IOException;

    /**
     * Deletes what owners before us left unfinished, as far as the survey saw it and it is still the same; and the copies on
     * this machine of what was loaded from an object store.
     */
    void removeUnfinished(Survey seen) throws IOException;

    /**
     * Deletes what starts left behind that died before they committed anything: what is unfinished and first
     * checkpoints of any incarnation, as far as the survey saw them and they are still the same. Only for an owner that
     * learned after the survey that nothing was ever committed.
     */
    void removeAbandonedBeginnings(Survey seen) throws IOException;

    /** The lowest sequence of that incarnation above {@code committed} and above everything that lies in the store. */
    long nextSequence(CheckpointId committed) throws IOException;

    /** Writes, forces and deletes a small file: returns if a checkpoint could be written now, else says why not. */
    void probeWritable() throws IOException;
}
