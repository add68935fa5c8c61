package dev.finecomb.training;

import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One optimizer rule: pure arithmetic over one parameter at a time, here in host memory; {@link DeviceUpdate} is the
 * same on a device. Its state, one array of the parameter's size for each
 * {@linkplain #slots slot}, belongs to the caller and starts at zero, so it can be saved and restored by name.
 *
 * <p>Every rule leaves a dead weight (weight, gradient and state all +0.0) at exactly +0.0.
 */
sealed interface Optimizer permits Sgd, AdamW {

    /** Names of the state arrays, stable across releases because checkpoints hold them. */
    List<String> slots();

    /**
     * One step's update in host memory, in place; any thread may apply it to arrays of its own.
     *
     * @param step the step's number, counted from 0
     * @param scale factor on every gradient, from clipping
     */
    HostUpdate hostUpdate(Kernels kernels, long step, float learningRate, float scale);

    /** Folds the gradients of living weights into the weights; those of dead ones count as 0. */
    @FunctionalInterface
    interface HostUpdate {
        void apply(HostArrays arrays, MemorySegment gradient, Mask alive);
    }

    /** A parameter, or a run of one, in host memory: float32 segments of one length. */
    record HostArrays(MemorySegment weight, List<MemorySegment> slots) {
        long elements() {
            return weight.byteSize() / Float.BYTES;
        }

        /** The run from element {@code from} up to {@code to}. */
        HostArrays slice(long from, long to) {
            return new HostArrays(
                    slice(weight, from, to),
                    slots.stream().map(slot -> slice(slot, from, to)).toList());
        }

        private static MemorySegment slice(MemorySegment values, long from, long to) {
            return values.asSlice(from * Float.BYTES, (to - from) * Float.BYTES);
        }
    }
}
