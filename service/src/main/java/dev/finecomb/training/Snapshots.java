package dev.finecomb.training;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Takes snapshots: the state's arrays, copied on all cores into memory that is used again. */
final class Snapshots implements AutoCloseable {
    private static final long CHUNK_BYTES = 1L << 20;

    private final Workers workers;
    private final SnapshotMemory memory = new SnapshotMemory();

    Snapshots(Workers workers) {
        this.workers = workers;
    }

    private record Copy(MemorySegment from, MemorySegment to) {}

    /**
     * A snapshot of these arrays.
     *
     * @param further tensors that nobody changes, which come after them
     */
    TrainerSnapshot take(long step, long samples, List<StateArray> arrays, List<Tensor> further) {
        SnapshotMemory.Lease lease = memory.take(arrays.stream()
                .mapToLong(array -> SnapshotMemory.padded(array.bytes()))
                .sum());
        List<Tensor> tensors = new ArrayList<>();
        List<Copy> copies = new ArrayList<>();
        long offset = 0;
        for (StateArray array : arrays) {
            MemorySegment target = lease.memory().asSlice(offset, array.bytes());
            offset += SnapshotMemory.padded(array.bytes());
            array.memory().ifPresentOrElse(source -> addChunks(copies, source, target), () -> array.read(target));
            tensors.add(new Tensor(array.name(), array.dtype(), array.shape(), target.asByteBuffer()));
        }
        workers.run(
                copies.size(), i -> copies.get(i).to().copyFrom(copies.get(i).from()));
        tensors.addAll(further);
        return new TrainerSnapshot(step, samples, tensors, lease::release);
    }

    /** Frees the memory, that of snapshots in use when they are closed. */
    @Override
    public void close() {
        memory.close();
    }

    private static void addChunks(List<Copy> copies, MemorySegment source, MemorySegment target) {
        for (long at = 0; at < source.byteSize(); at += CHUNK_BYTES) {
            long length = Math.min(CHUNK_BYTES, source.byteSize() - at);
            copies.add(new Copy(source.asSlice(at, length), target.asSlice(at, length)));
        }
    }
}
