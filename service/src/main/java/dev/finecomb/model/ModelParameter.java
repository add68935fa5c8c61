package dev.finecomb.model;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One trained float32 parameter: the engine's own array, which stays the same for the life of the model.
 */
public record ModelParameter(String name, List<Long> shape, NDArray array) {

    /** The number of weights. */
    public long elements() {
        return array.getShape().size();
    }

    /** The weight's own memory; only on a host device. */
    public MemorySegment hostWeight() {
        return MemorySegment.ofBuffer(array.toByteBuffer(true));
    }
}
