package dev.finecomb.config;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How large an update is, step by step. A warm-up rises linearly to the base, then the schedule's kind takes over.
 *
 * @param kind the shape of the schedule
 * @param base the rate after the warm-up
 * @param warmupSteps steps that the rate rises for
 * @param floor the rate below which no schedule falls
 * @param totalSteps the step at which {@link Kind#COSINE} reaches the floor
 * @param decay read when the kind is {@link Kind#STEP}
 */
public record LearningRateConfig(
        @Setting(doc = "Shape of the schedule", defaultValue = "constant")
        Kind kind,

        @Setting(
                doc = "The rate after the warm-up",
                min = 0,
                aboveMin = true,
                remedy = "start with a tenth of the rate the model was pre-trained with")
        double base,

        @Setting(doc = "Steps that the rate rises for", defaultValue = "0", min = 0)
        long warmupSteps,

        @Setting(doc = "The rate below which no schedule falls", defaultValue = "0", min = 0)
        double floor,

        @Setting(doc = "The step at which a cosine reaches the floor", min = 1)
        OptionalLong totalSteps,

        @Inline Decay decay) {

    /** The shape of a schedule. */
    public enum Kind {
        /** The base for ever. */
        CONSTANT,
        /** Half a cosine from the base to the floor. */
        COSINE,
        /** The base times gamma for every step size done. */
        STEP
    }

    /**
     * Settings of the stepwise decay.
     *
     * @param stepSize steps between two reductions
     * @param gamma factor of one reduction
     */
    public record Decay(
            @Setting(doc = "Steps between two reductions", min = 1)
            OptionalLong stepSize,

            @Setting(doc = "Factor of one reduction", min = 0, aboveMin = true, max = 1)
            OptionalDouble gamma) {}
}
