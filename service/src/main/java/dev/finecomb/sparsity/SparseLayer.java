package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.GroupedLayout;

/**
 * One layer that a policy makes sparse.
 *
 * @param parameter the weight's parameter name, unique in the model; names the layer's state in checkpoints
 * @param layout the weight's shape and its grouping
 */
public record SparseLayer(String parameter, GroupedLayout layout) {}
