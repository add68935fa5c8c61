package dev.finecomb.training;

import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.LayerCandidate;
import dev.finecomb.sparsity.LayerKind;
import dev.finecomb.sparsity.LayerSelection;
import dev.finecomb.sparsity.LayerVerdict;
import java.util.List;

/** What becomes of each parameter of a module, found out from its file alone, without the engine. */
public final class ModuleVerdicts {
    private ModuleVerdicts() {}

    /**
     * One verdict a parameter, in the module's order.
     *
     * @param include globs of the parameters that are made sparse beyond the default choice
     * @param exclude globs of those that stay dense
     * @throws UnprunableModelException if none becomes sparse
     * @throws dev.finecomb.sparsity.UnmatchedGlobException if a glob matches none
     */
    public static List<LayerVerdict> of(
            ModuleArchive archive, Pattern pattern, List<String> include, List<String> exclude)
            throws UnprunableModelException {
        List<LayerCandidate> candidates = archive.parameters().stream()
                .map(tensor -> new LayerCandidate(tensor.name(), kind(tensor), tensor.shape()))
                .toList();
        List<LayerVerdict> verdicts = LayerSelection.select(candidates, pattern, include, exclude);
        if (verdicts.stream().noneMatch(LayerVerdict::sparse)) {
            throw new UnprunableModelException(pattern.toString(), verdicts);
        }
        return verdicts;
    }

    private static LayerKind kind(ArchivedTensor tensor) {
        boolean isWeight = tensor.name().equals("weight") || tensor.name().endsWith(".weight");
        return switch (isWeight ? tensor.owner() : "") {
            case "Linear", "NonDynamicallyQuantizableLinear" -> LayerKind.LINEAR;
            case "Conv1d", "Conv2d", "Conv3d" -> LayerKind.CONVOLUTION;
            default -> LayerKind.OTHER;
        };
    }
}
