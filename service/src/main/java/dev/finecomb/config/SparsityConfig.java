package dev.finecomb.config;

import java.util.List;

/**
 * The pattern, the removal window and the layers.
 *
 * @param pattern {@code N:M} with 0 &lt; N &lt; M &lt;= 16: of every M consecutive weights N are kept
 * @param variant how the N are found
 * @param removal when combinations are removed
 * @param settleSteps steps that the weights learn on after the last removal, before the export
 * @param score how saliencies are accumulated
 * @param layers which layers are made sparse
 */
public record SparsityConfig(
        @Setting(
                doc = "Of every M consecutive weights N are kept",
                defaultValue = "2:4",
                pattern = "\\d{1,4}:\\d{1,4}",
                remedy = "write it as N:M, in quotes in YAML, such as \"2:4\"")
        String pattern,

        @Setting(doc = "How the N are found", defaultValue = "exact")
        Variant variant,

        @Inline Removal removal,

        @Setting(
                doc = "Steps after the last removal before the export",
                derived = true,
                min = 0,
                remedy = "leave it out for as many steps as the removal takes")
        long settleSteps,

        Score score,
        @Inline Layers layers) {

    /** How the kept weights of a group are found. */
    public enum Variant {
        /** Whole combinations compete; up to 128 of them. */
        EXACT,
        /** Single positions compete; for every pattern. */
        LINEAR
    }

    /**
     * When combinations are removed, in steps of the job.
     *
     * @param removalStart the last step at which all combinations survive
     * @param removalEnd the step from which one survives
     * @param exponent of the ramp between them
     */
    public record Removal(
            @Setting(doc = "The last step at which all combinations survive", defaultValue = "0", min = 0)
            long removalStart,

            @Setting(
                    doc = "The step from which one combination survives",
                    min = 1,
                    remedy = "half of the steps that the job shall take is a good start")
            long removalEnd,

            @Setting(doc = "Exponent of the ramp between them", defaultValue = "3", min = 1, max = 16)
            int exponent) {}

    /**
     * How saliencies are accumulated: plain gradient descent of their own.
     *
     * @param learningRate of the saliencies; scales all alike; by default the base rate of the weights
     * @param momentum of the saliencies
     * @param nesterov whether their momentum looks ahead
     * @param weightDecay of the saliencies
     * @param halfLife steps after which a saliency counts half; 0 for never
     */
    public record Score(
            @Setting(
                    doc = "Learning rate of the saliencies",
                    derived = true,
                    min = 0,
                    aboveMin = true,
                    remedy = "leave it out for the base rate of the weights")
            double learningRate,

            @Setting(doc = "Momentum of the saliencies", defaultValue = "0", min = 0, max = 1, belowMax = true)
            double momentum,

            @Setting(doc = "Let the saliencies' momentum look ahead", defaultValue = "false")
            boolean nesterov,

            @Setting(doc = "Weight decay of the saliencies", defaultValue = "0", min = 0)
            double weightDecay,

            @Setting(doc = "Steps after which a saliency counts half, 0 for never", defaultValue = "0", min = 0)
            double halfLife) {}

    /**
     * Which layers are made sparse, beyond the default choice. Globs over parameter names.
     *
     * @param include made sparse although the default would not
     * @param exclude left dense although the default would not; wins over include
     */
    public record Layers(
            @Setting(doc = "Globs of parameters made sparse beyond the default", defaultValue = "")
            List<String> include,

            @Setting(doc = "Globs of parameters left dense", defaultValue = "")
            List<String> exclude) {

        public Layers {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
        }
    }

    /** The last step at which all combinations survive. */
    public long removalStart() {
        return removal.removalStart();
    }

    /** The step from which one combination survives. */
    public long removalEnd() {
        return removal.removalEnd();
    }

    /** Exponent of the ramp between the window's ends. */
    public int exponent() {
        return removal.exponent();
    }

    /** Globs of the parameters that are made sparse beyond the default choice. */
    public List<String> include() {
        return layers.include();
    }

    /** Globs of the parameters that stay dense. */
    public List<String> exclude() {
        return layers.exclude();
    }
}
