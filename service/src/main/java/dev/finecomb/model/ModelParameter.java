package dev.finecomb.model;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One trained float32 parameter: its weight and its gradient, the engine's own arrays, which stay the same for the life
 * of the model.
 */
public record ModelParameter(String name, List<Long> shape, NDArray array, NDArray gradient) {

    /** The number of weights. */
    public long elements() {
        return array.getShape().size();
    }

    /** The weight's own memory; only on a host device. */
    public MemorySegment hostWeight() {
        return MemorySegment.ofBuffer(array.toByteBuffer(true));
    }

    /** The gradient's own memory; only on a host device. */
    public MemorySegment hostGradient() {
        return MemorySegment.ofBuffer(gradient.toByteBuffer(true));
    }
}
