package dev.finecomb.config;

import java.util.OptionalInt;

/**
 * How a step changes the weights.
 *
 * @param objective what is minimised
 * @param optimizer how a gradient becomes an update
 * @param learningRate how large the update is, step by step
 * @param guards what happens to unusual gradients and inputs
 * @param seed of everything random; step k draws from a function of (seed, k)
 * @param threads processor threads of one step; absent: one a core
 */
public record TrainingConfig(
        @Inline Objective objective,
        OptimizerConfig optimizer,
        LearningRateConfig learningRate,
        @Inline Guards guards,

        @Setting(doc = "Seed of everything random", defaultValue = "0")
        long seed,

        @Setting(doc = "Processor threads of one step", min = 1, max = 1024, resumable = true)
        OptionalInt threads) {

    /** What is minimised. */
    public enum Loss {
        /** Integer labels {@code [batch]}, logits {@code [batch, classes]}. */
        SOFTMAX_CROSS_ENTROPY,
        /** Labels in [0, 1] and logits of one shape. */
        BINARY_CROSS_ENTROPY,
        /** Labels and outputs of one shape. */
        MEAN_SQUARED_ERROR
    }

    /**
     * What is minimised.
     *
     * @param loss the loss
     * @param labelSmoothing share of every label that is spread over all classes, 0 up to but not including 1
     * @param batchSize samples over which a step's loss is the mean, put together across records; absent: those of one
     *     record
     */
    public record Objective(
            @Setting(doc = "What is minimised") Loss loss,

            @Setting(
                    doc = "Share of every label that is spread over all classes",
                    defaultValue = "0",
                    min = 0,
                    max = 1,
                    belowMax = true)
            double labelSmoothing,

            @Setting(doc = "Samples of one step, put together across records; absent: one record is one step", min = 1)
            OptionalInt batchSize) {}

    /**
     * What happens to unusual gradients and inputs.
     *
     * @param gradientClip largest norm of the whole gradient; 0 for no limit
     * @param checkFinite whether inputs with NaN or infinity are refused
     */
    public record Guards(
            @Setting(doc = "Largest norm of the whole gradient, 0 for no limit", defaultValue = "0", min = 0)
            double gradientClip,

            @Setting(doc = "Refuse inputs with NaN or infinity", defaultValue = "true")
            boolean checkFinite) {}

    /** What is minimised. */
    public Loss loss() {
        return objective.loss();
    }

    /** Share of every label that is spread over all classes. */
    public double labelSmoothing() {
        return objective.labelSmoothing();
    }

    /** Samples of one step; empty when one record is one step. */
    public OptionalInt batchSize() {
        return objective.batchSize();
    }

    /** Largest norm of the whole gradient; 0 for no limit. */
    public double gradientClip() {
        return guards.gradientClip();
    }

    /** Whether inputs with NaN or infinity are refused. */
    public boolean checkFinite() {
        return guards.checkFinite();
    }
}
