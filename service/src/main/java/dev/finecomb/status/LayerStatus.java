package dev.finecomb.status;

import java.util.List;

/**
 * One layer and its verdict.
 *
 * @param parameter name of the weight in the model's state dict
 * @param shape the weight's shape
 * @param sparse whether it is made sparse
 * @param reason why, or why not
 * @param weights number of weights
 * @param kept weights that the current mask keeps; all of a dense layer
 */
public record LayerStatus(String parameter, List<Long> shape, boolean sparse, String reason, long weights, long kept) {

    public LayerStatus {
        shape = List.copyOf(shape);
    }

    /** Share of the weights that the current mask keeps, 0 to 1. */
    public double density() {
        return weights == 0 ? 1 : (double) kept / weights;
    }
}
