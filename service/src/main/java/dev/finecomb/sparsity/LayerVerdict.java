package dev.finecomb.sparsity;

import java.util.List;

/**
 * Whether a parameter becomes sparse, and why; shown in the status, the log at start and the export manifest.
 *
 * @param parameter its name
 * @param shape of the parameter
 * @param sparse whether it is made sparse
 * @param reason one short sentence for people
 */
public record LayerVerdict(String parameter, List<Long> shape, boolean sparse, String reason) {
    public LayerVerdict {
        shape = List.copyOf(shape);
    }
}
