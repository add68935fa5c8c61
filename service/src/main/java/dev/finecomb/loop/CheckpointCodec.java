package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointPart;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.CorruptCheckpointException;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a checkpoint consists of: three files that any safetensors or JSON reader opens. */
final class CheckpointCodec {
    private static final String STATE = "state.safetensors";
    private static final String MEMORY = "job.json";
    private static final String MASKS = "masks.json";

    private CheckpointCodec() {}

    /** What a checkpoint gives back. */
    record Restored(TrainerSnapshot snapshot, LoopMemory memory, MaskManifest masks) {}

    /** What a commit remembers beside the tensors. */
    record Remembered(LoopMemory memory, MaskManifest masks) {}

    /** @param moving is told again and again while the state is written */
    static List<CheckpointPart> parts(
            TrainerSnapshot snapshot, LoopMemory memory, MaskManifest masks, Runnable moving) {
        return List.of(
                new CheckpointPart(STATE, out -> write(new WatchedChannel(out, moving), snapshot)),
                CheckpointPart.text(MEMORY, memory.encode()),
                CheckpointPart.text(MASKS, masks.encode()));
    }

    private static void write(WritableByteChannel out, TrainerSnapshot snapshot) throws IOException {
        Map<String, String> metadata =
                Map.of("step", Long.toString(snapshot.step()), "samples", Long.toString(snapshot.samples()));
        SafetensorsWriter.write(out, snapshot.tensors(), metadata);
    }

    /** The SHA-256 that the file of this state has. */
    static String stateSha256(TrainerSnapshot snapshot) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        try (var out = Channels.newChannel(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
            write(out, snapshot);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The SHA-256 that a manifest names for the state's file. */
    static String stateSha256(CheckpointManifest manifest) throws OperatorNeededException {
        return entry(manifest, STATE).sha256();
    }

    /**
     * What a commit remembers, without its tensors: from the manifest, or from the store as far as the manifest does not
     * carry it.
     *
     * @throws OperatorNeededException when neither has it
     */
    static Remembered remembered(CheckpointManifest manifest, CheckpointStore store)
            throws IOException, OperatorNeededException {
        CheckpointId id = CheckpointId.of(manifest);
        byte[] memory = small(entry(manifest, MEMORY), id, store);
        byte[] masks = small(entry(manifest, MASKS), id, store);
        try {
            return new Remembered(LoopMemory.decode(memory), MaskManifest.decode(masks));
        } catch (MalformedMessageException | IllegalArgumentException e) {
            throw foreign("the committed checkpoint " + id, e);
        }
    }

    private static FileEntry entry(CheckpointManifest manifest, String name) throws OperatorNeededException {
        return manifest.files().stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new OperatorNeededException("the checkpoint that Kafka names has no file " + name
                        + ": another version wrote it; run that one"));
    }

    private static byte[] small(FileEntry entry, CheckpointId id, CheckpointStore store)
            throws IOException, OperatorNeededException {
        if (entry.content().isPresent()) {
            return entry.content().get().getBytes(StandardCharsets.UTF_8);
        }
        try {
            return store.salvage(id, entry);
        } catch (CorruptCheckpointException damage) {
            throw new OperatorNeededException(
                    "the checkpoint file " + damage.file() + " of SHA-256 " + entry.sha256()
                            + " is damaged or missing, and its manifest does not carry it along because it has "
                            + entry.bytes() + " bytes. Bring the file back from a copy of the store.",
                    damage);
        }
    }

    /**
     * Reads a checkpoint; the snapshot's tensors are views of the file until it is closed, not a second copy of the state.
     *
     * @throws OperatorNeededException when verified files can't be understood, so another version wrote them
     */
    static Restored read(StoredCheckpoint checkpoint) throws IOException, OperatorNeededException {
        try {
            LoopMemory memory = LoopMemory.decode(Files.readAllBytes(checkpoint.part(MEMORY)));
            MaskManifest masks = MaskManifest.decode(Files.readAllBytes(checkpoint.part(MASKS)));
            return new Restored(snapshot(checkpoint.part(STATE), memory.progress()), memory, masks);
        } catch (MalformedTensorsException | MalformedMessageException | IllegalArgumentException e) {
            throw foreign("checkpoint " + checkpoint, e);
        }
    }

    private static OperatorNeededException foreign(String checkpoint, Exception cause) {
        return new OperatorNeededException(
                checkpoint + " is intact but can't be understood: " + cause.getMessage()
                        + ". It was written by another version; run that one, or start a new job.",
                cause);
    }

    private static TrainerSnapshot snapshot(Path file, LoopMemory.Progress progress)
            throws IOException, MalformedTensorsException {
        SafetensorsFile open = SafetensorsFile.open(file);
        try {
            List<Tensor> tensors = open.entries().stream()
                    .map(entry -> new Tensor(
                            entry.name(),
                            entry.dtype(),
                            entry.shape(),
                            entry.data().asByteBuffer()))
                    .toList();
            return new TrainerSnapshot(progress.step(), progress.samples(), tensors, open::close);
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }
}
