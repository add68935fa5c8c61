package dev.finecomb.training;

import dev.finecomb.sparsity.LayerVerdict;
import java.util.List;
import java.util.stream.Collectors;

/** Not one layer of the model can take the pattern; a restart can't mend it. */
public final class UnprunableModelException extends Exception {
    private static final long serialVersionUID = 1L;

    UnprunableModelException(String pattern, List<LayerVerdict> verdicts) {
        super("no layer of the model can be made " + pattern + " sparse: "
                + verdicts.stream()
                        .filter(verdict -> verdict.shape().size() > 1)
                        .map(verdict -> verdict.parameter() + " " + verdict.shape() + " (" + verdict.reason() + ")")
                        .collect(Collectors.joining("; "))
                + "; choose another finecomb.sparsity.pattern, or name layers in finecomb.sparsity.include");
    }
}
