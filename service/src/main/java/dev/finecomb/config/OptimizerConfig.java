package dev.finecomb.config;

/**
 * How a gradient becomes an update.
 *
 * @param kind which optimizer
 * @param weightDecay strength of the pull towards 0
 * @param sgd read when the kind is {@link Kind#SGD}
 * @param adam read when the kind is {@link Kind#ADAMW}
 */
public record OptimizerConfig(
        @Setting(doc = "Which optimizer", defaultValue = "sgd")
        Kind kind,

        @Setting(doc = "Strength of the pull towards 0", defaultValue = "0", min = 0)
        double weightDecay,

        @Inline Sgd sgd,
        @Inline Adam adam) {

    /** Which optimizer. */
    public enum Kind {
        /** Stochastic gradient descent with momentum. */
        SGD,
        /** Adam with decoupled weight decay. */
        ADAMW
    }

    /**
     * Settings of stochastic gradient descent.
     *
     * @param momentum share of the last update that is kept, 0 up to but not including 1
     * @param nesterov whether the momentum looks ahead
     * @param decoupled whether weight decay acts on the weights themselves instead of through the gradient
     */
    public record Sgd(
            @Setting(
                    doc = "Share of the last update that is kept",
                    defaultValue = "0.9",
                    min = 0,
                    max = 1,
                    belowMax = true)
            double momentum,

            @Setting(doc = "Let the momentum look ahead", defaultValue = "false")
            boolean nesterov,

            @Setting(doc = "Let weight decay act on the weights themselves", defaultValue = "false")
            boolean decoupled) {}

    /**
     * Settings of AdamW.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the denominator
     */
    public record Adam(
            @Setting(doc = "Decay of the first moment", defaultValue = "0.9", min = 0, max = 1, belowMax = true)
            double beta1,

            @Setting(doc = "Decay of the second moment", defaultValue = "0.999", min = 0, max = 1, belowMax = true)
            double beta2,

            @Setting(doc = "Added to the denominator", defaultValue = "1e-8", min = 0, aboveMin = true)
            double epsilon) {}
}
