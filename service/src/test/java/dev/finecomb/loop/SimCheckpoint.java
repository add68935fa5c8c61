package dev.finecomb.loop;

import static dev.finecomb.loop.Invariants.require;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.training.TrainerSnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What lies in a checkpoint's directory, its digests verified. Read from the disk at once and not with the service's own
 * reader, which every resume and the end of a schedule use: this is done at every commit.
 *
 * @param directory where it lies
 */
record SimCheckpoint(SimDisk.Directory directory, LoopMemory memory, TrainerSnapshot snapshot) {

    /** Reads the checkpoint that a pointer names; an I2 violation if it is not there as it should be. */
    static SimCheckpoint read(SimDisk disk, CheckpointPointer pointer) {
        String name = CheckpointId.of(pointer).directoryName();
        SimDisk.Directory directory =
                disk.checkpoint(name).orElseThrow(() -> new InvariantViolation("I2", name + " is not there"));
        byte[] manifest = verified(directory, "manifest.json", pointer.manifestSha256());
        try {
            byte[] json = new byte[0];
            byte[] state = json;
            for (FileEntry file : CheckpointManifest.decode(manifest).files()) {
                byte[] content = verified(directory, file.name(), file.sha256());
                json = file.name().equals("job.json") ? content : json;
                state = file.name().equals("state.safetensors") ? content : state;
            }
            LoopMemory memory = LoopMemory.decode(json);
            LoopMemory.Progress progress = memory.progress();
            return new SimCheckpoint(
                    directory,
                    memory,
                    new TrainerSnapshot(progress.step(), progress.samples(), List.of(onlyTensor(state))));
        } catch (MalformedMessageException | IllegalArgumentException e) {
            throw new InvariantViolation("I2", name + " can't be understood: " + e.getMessage());
        }
    }

    private static byte[] verified(SimDisk.Directory directory, String name, String sha256) {
        byte[] content = directory
                .content(name)
                .orElseThrow(() -> new InvariantViolation("I2", "no file " + name + " in the committed checkpoint"));
        require("I2", Sha256.hex(content).equals(sha256), () -> name + " has not the digest of the committed one");
        return content;
    }

    /** In a safetensors file the bytes of a single tensor follow the header, and its length precedes that. */
    private static Tensor onlyTensor(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int begin = Long.BYTES + (int) bytes.getLong(0);
        ByteBuffer data = bytes.slice(begin, file.length - begin);
        return new Tensor("parameter/state", DType.I64, List.of((long) data.remaining() / Long.BYTES), data);
    }
}
