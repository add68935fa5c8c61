package dev.finecomb.sparsity;

import java.util.List;

/**
 * A parameter that might become sparse.
 *
 * @param parameter its name, such as {@code conv1.weight}
 * @param kind what it belongs to; a bias may name its layer's kind, its shape gives it away
 * @param shape of the parameter
 */
public record LayerCandidate(String parameter, LayerKind kind, List<Long> shape) {
    public LayerCandidate {
        shape = List.copyOf(shape);
    }
}
