package dev.finecomb.training;

import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Workers;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.SparsityConfig;
import dev.finecomb.model.ModelParameter;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.sparsity.DeviceSaliency;
import dev.finecomb.sparsity.FlatLayout;
import dev.finecomb.sparsity.HostSaliency;
import dev.finecomb.sparsity.LayerVerdict;
import dev.finecomb.sparsity.LbcPolicy;
import dev.finecomb.sparsity.LinearPolicy;
import dev.finecomb.sparsity.MaskPolicy;
import dev.finecomb.sparsity.RemovalSchedule;
import dev.finecomb.sparsity.SaliencyRule;
import dev.finecomb.sparsity.SparseLayer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a trainer together from a loaded model and the configuration. */
public final class TrainerAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerAssembly.class);

    private TrainerAssembly() {}

    /**
     * A trainer and what was decided about every parameter of its model.
     *
     * @param trainer closes the model when it is closed
     * @param verdicts in the model's order
     */
    public record Assembled(Trainer trainer, List<LayerVerdict> verdicts) {}

    /**
     * Chooses the layers and builds the trainer at step 0, all weights alive.
     *
     * @throws UnprunableModelException when no layer can be made sparse
     * @throws IllegalArgumentException when the pattern or a glob does not fit, naming the setting's value and remedy
     */
    public static Assembled assemble(TrainableModel model, FinecombConfig config) throws UnprunableModelException {
        SparsityConfig sparsity = config.sparsity();
        Pattern pattern = Pattern.parse(sparsity.pattern());
        List<LayerVerdict> verdicts =
                ModuleVerdicts.of(model.archive(), pattern, sparsity.include(), sparsity.exclude());
        List<LayerVerdict> sparse =
                verdicts.stream().filter(LayerVerdict::sparse).toList();
        List<SparseLayer> layers = sparse.stream()
                .map(verdict -> new SparseLayer(verdict.parameter(), new GroupedLayout(verdict.shape(), pattern.m())))
                .toList();
        return new Assembled(trainer(model, config, layers), verdicts);
    }

    /** A trainer at step 0 that makes these layers sparse; none of them, and it trains densely. */
    static EngineTrainer trainer(TrainableModel model, FinecombConfig config, List<SparseLayer> layers) {
        int threads = config.training().threads().orElse(defaultThreads());
        LOG.info("threads={} arithmetic={}", threads, Kernels.fastest().description());
        TrainerResources resources = TrainerResources.of(model, threads);
        try {
            return trainer(model, config, layers, resources);
        } catch (RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    private static EngineTrainer trainer(
            TrainableModel model, FinecombConfig config, List<SparseLayer> layers, TrainerResources resources) {
        MaskPolicy policy = policy(config.sparsity(), layers, resources.workers());
        TrainingRules rules = TrainingRules.of(config.training(), config.model(), model.manager());
        ParameterBank bank = bank(model, config, policy, resources);
        return new EngineTrainer(model, rules, policy, bank, resources);
    }

    static MaskPolicy policy(SparsityConfig config, List<SparseLayer> layers, Workers workers) {
        Pattern pattern = Pattern.parse(config.pattern());
        long start = config.removalStart();
        long end = config.removalEnd();
        int exponent = config.exponent();
        return switch (config.variant()) {
            case EXACT ->
                new LbcPolicy(pattern, RemovalSchedule.forLbc(pattern, start, end, exponent), layers, workers);
            case LINEAR ->
                new LinearPolicy(pattern, RemovalSchedule.forLinear(pattern, start, end, exponent), layers, workers);
        };
    }

    private static SaliencyRule rule(SparsityConfig.Score score) {
        SaliencyRule rule = new SaliencyRule(
                (float) score.learningRate(), (float) score.momentum(), (float) score.weightDecay(), score.nesterov());
        return score.halfLife() > 0 ? rule.withHalfLife(score.halfLife()) : rule;
    }

    static ParameterBank bank(
            TrainableModel model, FinecombConfig config, MaskPolicy policy, TrainerResources resources) {
        List<SparseLayer> layers = policy.layers();
        List<String> names = layers.stream().map(SparseLayer::parameter).toList();
        SaliencyRule rule = rule(config.sparsity().score());
        Optimizer optimizer = TrainingRules.optimizer(config.training().optimizer());
        if (!model.isOnHost()) {
            return deviceBank(model, names, rule, optimizer, resources.operations());
        }
        List<Long> elements =
                layers.stream().map(layer -> layer.layout().elements()).toList();
        var saliency = new HostSaliency(rule, elements);
        var sparsity = new HostParameters.Sparsity(names, policy.masks(), saliency);
        return new HostParameters(model.parameters(), sparsity, optimizer, resources.workers(), resources.memory());
    }

    /** The device form, which works on any device; the host form is the faster one where it can be used. */
    static DeviceParameters deviceBank(
            TrainableModel model, List<String> names, SaliencyRule rule, Optimizer optimizer, Operations operations) {
        List<Long> elements = names.stream()
                .map(name -> model.parameters().stream()
                        .filter(parameter -> parameter.name().equals(name))
                        .map(ModelParameter::elements)
                        .findFirst()
                        .orElseThrow())
                .toList();
        var saliency = new DeviceSaliency(model.manager(), operations, rule, FlatLayout.of(elements));
        return new DeviceParameters(model.parameters(), names, saliency, optimizer, operations, model.manager());
    }

    private static int defaultThreads() {
        return Runtime.getRuntime().availableProcessors();
    }
}
