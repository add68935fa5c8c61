package dev.finecomb.training;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;

/** A float32 array of the state in host memory. */
record HostArray(String name, List<Long> shape, MemorySegment segment) implements StateArray {

    @Override
    public DType dtype() {
        return DType.F32;
    }

    @Override
    public Tensor copy() {
        return new Tensor(name, DType.F32, shape, ByteBuffer.wrap(segment.toArray(ValueLayout.JAVA_BYTE)));
    }

    @Override
    public void restore(Tensor tensor) {
        segment.copyFrom(MemorySegment.ofBuffer(tensor.data().duplicate()));
    }
}
