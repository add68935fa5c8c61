package dev.finecomb.training;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** A float32 array of the state in host memory. */
record HostArray(String name, List<Long> shape, MemorySegment segment) implements StateArray {

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public long bytes() {
        return segment.byteSize();
    }

    @Override
    public Optional<MemorySegment> memory() {
        return Optional.of(segment);
    }

    @Override
    public void read(MemorySegment target) {
        target.copyFrom(segment);
    }

    @Override
    public void restore(Tensor tensor) {
        segment.copyFrom(MemorySegment.ofBuffer(tensor.data().duplicate()));
    }
}
