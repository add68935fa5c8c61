package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointPart;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    static List<CheckpointPart> parts(TrainerSnapshot snapshot, LoopMemory memory, MaskManifest masks) {
        Map<String, String> metadata =
                Map.of("step", Long.toString(snapshot.step()), "samples", Long.toString(snapshot.samples()));
        return List.of(
                new CheckpointPart(STATE, out -> SafetensorsWriter.write(out, snapshot.tensors(), metadata)),
                CheckpointPart.of(MEMORY, memory.encode()),
                CheckpointPart.of(MASKS, masks.encode()));
    }

    /** @throws OperatorNeededException when verified files can't be understood, so another version wrote them */
    static Restored read(StoredCheckpoint checkpoint) throws IOException, OperatorNeededException {
        try {
            LoopMemory memory = LoopMemory.decode(Files.readAllBytes(checkpoint.part(MEMORY)));
            MaskManifest masks = MaskManifest.decode(Files.readAllBytes(checkpoint.part(MASKS)));
            List<Tensor> tensors = tensors(checkpoint.part(STATE));
            return new Restored(
                    new TrainerSnapshot(
                            memory.progress().step(), memory.progress().samples(), tensors),
                    memory,
                    masks);
        } catch (MalformedTensorsException | MalformedMessageException | IllegalArgumentException e) {
            throw new OperatorNeededException(
                    "checkpoint " + checkpoint + " is intact but can't be understood: " + e.getMessage()
                            + ". It was written by another version; run that one, or start a new job.",
                    e);
        }
    }

    private static List<Tensor> tensors(Path file) throws IOException, MalformedTensorsException {
        List<Tensor> tensors = new ArrayList<>();
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            for (SafetensorsFile.Entry entry : open.entries()) {
                ByteBuffer bytes = ByteBuffer.wrap(entry.data().toArray(ValueLayout.JAVA_BYTE));
                tensors.add(new Tensor(entry.name(), entry.dtype(), entry.shape(), bytes));
            }
        }
        return tensors;
    }
}
