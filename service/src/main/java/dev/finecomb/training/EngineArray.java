package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import dev.finecomb.model.DataTypes;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** An array of the state that the engine holds, on any device. */
record EngineArray(String name, NDArray array, Operations operations) implements StateArray {

    @Override
    public DType dtype() {
        return DataTypes.of(array.getDataType());
    }

    @Override
    public List<Long> shape() {
        return Arrays.stream(array.getShape().getShape()).boxed().toList();
    }

    @Override
    public long bytes() {
        return array.getShape().size() * dtype().bytes();
    }

    @Override
    public Optional<MemorySegment> memory() {
        return array.getDevice().isGpu()
                ? Optional.empty()
                : Optional.of(MemorySegment.ofBuffer(array.toByteBuffer(true)));
    }

    @Override
    public void read(MemorySegment target) {
        target.copyFrom(memory().orElseGet(() -> MemorySegment.ofBuffer(array.toByteBuffer())));
    }

    @Override
    public void restore(Tensor tensor) {
        ByteBuffer bytes = tensor.data().duplicate();
        ByteBuffer host =
                ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
        try (NDArray staged = array.getManager().create(host, array.getShape(), array.getDataType())) {
            operations.copy(array, staged);
        }
    }
}
