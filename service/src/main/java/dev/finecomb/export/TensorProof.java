package dev.finecomb.export;

import dev.finecomb.protocol.tensor.DType;
import java.util.List;

/**
 * What was counted in one tensor of the written file.
 *
 * @param name state-dict name
 * @param sparse whether every group was held against the pattern and the mask
 * @param counts what was found in its elements
 * @param hardware whether 2-of-4 hardware can run it
 */
public record TensorProof(
        String name, DType dtype, List<Long> shape, boolean sparse, Counts counts, Hardware hardware) {

    /**
     * What was found in a tensor's elements.
     *
     * @param elements all elements
     * @param nonzeros those with any bit set; -0.0 counts as one
     * @param groups groups of M that were counted; 0 for a tensor that is not sparse
     * @param kept weights that the mask keeps; 0 for a tensor that is not sparse
     * @param largestGroup most nonzeros found in a group; 0 for a tensor that is not sparse
     */
    public record Counts(long elements, long nonzeros, long groups, long kept, int largestGroup) {}

    /**
     * Whether sparse tensor cores can run the tensor.
     *
     * @param twoOfFour whether they can: found by counting, not from the pattern's name
     * @param reason the condition under which, or the first reason against
     */
    public record Hardware(boolean twoOfFour, String reason) {}

    /** Copies the list. */
    public TensorProof {
        shape = List.copyOf(shape);
    }
}
