package dev.finecomb.sparsity;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The accumulated importance of every weight of the sparse layers: one float32 accumulator a per weight, and one momentum b if the rule
 * has one, both 0 at first, whatever the weights' own type. See {@link SaliencyRule} for the update.
 *
 * <p>Zero-offset accumulators keep small updates: the authors' scores start at 1/C(M-1,N-1), where an update below one ulp of that is
 * lost. The caller never passes NaN or infinite gradients, and stops calling once the policy is complete. The form that runs on a device
 * and the form on the host differ only in where the floats lie; reading and writing them is the same.
 */
public sealed interface Saliency extends AutoCloseable permits HostSaliency, DeviceSaliency {
    SaliencyRule rule();

    /** How many layers. */
    int layers();

    /** Weights of a layer. */
    long elements(int layer);

    /** The buffers that exist under this rule. */
    default List<SaliencyBuffer> buffers() {
        return rule().hasMomentum()
                ? List.of(SaliencyBuffer.ACCUMULATOR, SaliencyBuffer.MOMENTUM)
                : List.of(SaliencyBuffer.ACCUMULATOR);
    }

    /**
     * Copies a buffer to host memory, waiting for the device.
     *
     * @param target float32 in native byte order, in the weight's own layout
     * @throws IllegalArgumentException if the size differs or the rule has no such buffer
     */
    void read(SaliencyBuffer buffer, int layer, MemorySegment target);

    /** The inverse of {@link #read}, for resuming. */
    void write(SaliencyBuffer buffer, int layer, MemorySegment source);

    /** Gives the memory back. */
    @Override
    void close();
}
