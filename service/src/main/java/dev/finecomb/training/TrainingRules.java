package dev.finecomb.training;

import ai.djl.ndarray.NDManager;
import dev.finecomb.config.LearningRateConfig;
import dev.finecomb.config.ModelConfig;
import dev.finecomb.config.OptimizerConfig;
import dev.finecomb.config.TrainingConfig;
import java.util.Optional;

/**
 * What a trainer does with a batch, apart from sparsity: pure functions and constants made from the configuration.
 *
 * @param gradientClip largest L2 norm of the whole gradient; 0 for no limit
 * @param seed of everything random; step k draws from a function of (seed, k)
 */
record TrainingRules(
        Loss loss,
        LearningRate learningRate,
        double gradientClip,
        long seed,
        Optional<InputNormalization> normalization) {

    static TrainingRules of(TrainingConfig training, ModelConfig model, NDManager manager) {
        return new TrainingRules(
                loss(training),
                learningRate(training.learningRate()),
                training.gradientClip(),
                training.seed(),
                model.normalize().map(normalize -> new InputNormalization(normalize, manager)));
    }

    private static Loss loss(TrainingConfig training) {
        return switch (training.loss()) {
            case SOFTMAX_CROSS_ENTROPY -> new Loss.SoftmaxCrossEntropy((float) training.labelSmoothing());
            case BINARY_CROSS_ENTROPY -> new Loss.BinaryCrossEntropy();
            case MEAN_SQUARED_ERROR -> new Loss.MeanSquaredError();
        };
    }

    private static LearningRate learningRate(LearningRateConfig config) {
        LearningRate schedule = switch (config.kind()) {
            case CONSTANT -> new LearningRate.Constant(config.base());
            case COSINE ->
                new LearningRate.Cosine(
                        config.base(), config.floor(), config.totalSteps().orElseThrow() - config.warmupSteps());
            case STEP ->
                new LearningRate.Step(
                        config.base(),
                        config.floor(),
                        config.decay().stepSize().orElseThrow(),
                        config.decay().gamma().orElseThrow());
        };
        return config.warmupSteps() == 0 ? schedule : new LearningRate.WarmUp(config.warmupSteps(), schedule);
    }

    static Optimizer optimizer(OptimizerConfig config) {
        float weightDecay = (float) config.weightDecay();
        return switch (config.kind()) {
            case SGD ->
                new Sgd(
                        (float) config.sgd().momentum(),
                        config.sgd().nesterov(),
                        weightDecay,
                        config.sgd().decoupled());
            case ADAMW ->
                new AdamW(
                        config.adam().beta1(),
                        config.adam().beta2(),
                        config.adam().epsilon(),
                        weightDecay);
        };
    }

    /** The engine's seed for a step: a good mix of both, so that neighbouring steps draw unrelated numbers. */
    int seedOf(long step) {
        long mixed = seed + 0x9E3779B97F4A7C15L * (step + 1);
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return (int) (mixed ^ (mixed >>> 31));
    }

    /** The factor that brings a gradient of this norm within the limit, as PyTorch's clip_grad_norm_ has it. */
    float clipScale(double norm) {
        return gradientClip > 0 && norm > gradientClip ? (float) (gradientClip / (norm + 1e-6)) : 1;
    }
}
