package dev.finecomb.training;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.sparsity.MaskPolicy;
import dev.finecomb.sparsity.SaliencyRule;
import dev.finecomb.sparsity.SparseLayer;
import java.util.List;

/** The service's own trainer in the form that a GPU gets, on whatever device the model is on. */
public final class DeviceTrainer {
    private DeviceTrainer() {}

    /** The trainer of a job with scores without momentum; closes the model when it is closed. */
    public static Trainer of(TrainableModel model, FinecombConfig config) throws UnprunableModelException {
        Pattern pattern = Pattern.parse(config.sparsity().pattern());
        List<SparseLayer> layers = ModuleVerdicts.of(model.archive(), pattern, List.of(), List.of()).stream()
                .filter(LayerVerdict::sparse)
                .map(verdict -> new SparseLayer(verdict.parameter(), new GroupedLayout(verdict.shape(), pattern.m())))
                .toList();
        List<String> names = layers.stream().map(SparseLayer::parameter).toList();
        TrainerResources resources =
                TrainerResources.of(model, Runtime.getRuntime().availableProcessors());
        MaskPolicy policy = TrainerAssembly.policy(config.sparsity(), layers, resources.workers());
        var rule = new SaliencyRule((float) config.sparsity().score().learningRate(), 0, 0, false);
        DeviceParameters bank = TrainerAssembly.deviceBank(
                model, names, rule, TrainingRules.optimizer(config.training().optimizer()), resources.operations());
        TrainingRules rules = TrainingRules.of(config.training(), config.model(), model.manager());
        return new EngineTrainer(model, rules, policy, bank, resources);
    }
}
