package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One optimizer rule: pure arithmetic over one parameter at a time. Its state, one array of the parameter's size for each
 * {@linkplain #slots slot}, belongs to the caller and starts at zero, so it can be saved and restored by name.
 *
 * <p>Every rule leaves a dead weight (weight, gradient and state all +0.0) at exactly +0.0.
 */
sealed interface Optimizer permits Sgd, AdamW {

    /** Names of the state arrays, stable across releases because checkpoints hold them. */
    List<String> slots();

    /**
     * Updates one parameter in place in host memory, and sets its gradient to zero in the same pass.
     *
     * @param step the step's number, counted from 0
     */
    void update(HostArrays arrays, long step, float learningRate);

    /** The same in place on a device, without a synchronization; leaves the gradient undefined. */
    void update(DeviceArrays arrays, long step, float learningRate);

    /** A parameter in host memory: float32 segments of one length. */
    record HostArrays(MemorySegment weight, MemorySegment gradient, List<MemorySegment> slots) {
        long elements() {
            return weight.byteSize() / Float.BYTES;
        }
    }

    /** A parameter on a device: float32 arrays of one shape. */
    record DeviceArrays(NDArray weight, NDArray gradient, List<NDArray> slots) {}
}
