package dev.finecomb.export;

import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerVerdict;
import java.util.List;

/**
 * What to export.
 *
 * @param facts where the model comes from
 * @param pattern N:M
 * @param values the final value of every parameter and buffer, by state-dict name
 * @param masks the final mask of every sparse layer
 * @param verdicts which parameters are sparse, and why the others are not
 */
public record ExportRequest(
        JobFacts facts, Pattern pattern, List<Tensor> values, List<NamedMask> masks, List<LayerVerdict> verdicts) {
    /** Copies the lists. */
    public ExportRequest {
        values = List.copyOf(values);
        masks = List.copyOf(masks);
        verdicts = List.copyOf(verdicts);
    }
}
