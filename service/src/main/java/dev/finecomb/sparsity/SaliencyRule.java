package dev.finecomb.sparsity;

/**
 * The SGD that the scores follow, whatever the weights' optimizer is; PyTorch's form, so per weight, in float32,
 *
 * <pre>
 *   d = g * w + weightDecay * a
 *   b = momentum * b + d
 *   a = a - learningRate * b                       plain
 *   a = a - learningRate * (d + momentum * b)      nesterov
 * </pre>
 *
 * @param learningRate more than 0
 * @param momentum from 0 (no momentum buffer is kept) to below 1
 * @param weightDecay 0 or more; see {@link #withHalfLife} for its only sensible use on an endless stream
 * @param nesterov needs momentum
 */
public record SaliencyRule(float learningRate, float momentum, float weightDecay, boolean nesterov) {
    /** @throws IllegalArgumentException with the name, value and remedy of the first parameter that is out of range */
    public SaliencyRule {
        if (!(learningRate > 0) || !Float.isFinite(learningRate)) {
            throw new IllegalArgumentException(
                    "the score learning rate is " + learningRate + ", it must be more than 0");
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("the score momentum is " + momentum + ", it must be from 0 to below 1");
        }
        if (!(weightDecay >= 0) || !Float.isFinite(weightDecay)) {
            throw new IllegalArgumentException("the score weight decay is " + weightDecay + ", it must be 0 or more");
        }
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("nesterov needs a score momentum of more than 0");
        }
    }

    /** A rule without Nesterov's look-ahead. */
    public SaliencyRule(float learningRate, float momentum, float weightDecay) {
        this(learningRate, momentum, weightDecay, false);
    }

    /** Whether a momentum buffer b is kept beside the accumulator a. */
    public boolean hasMomentum() {
        return momentum != 0;
    }

    /**
     * This rule with the weight decay under which, once gradients stop, a saliency halves every so many steps.
     *
     * <p>Without gradients (a, b) follows a linear recurrence with the characteristic polynomial
     * {@code r^2 - (1 + mu - x) r + mu}, x = learning rate * decay, which is solved for x at the wanted r = 2^(-1/steps); with Nesterov
     * {@code r^2 - (1 + mu)(1 - x) r + mu (1 - x)}.
     *
     * @param steps the half-life in steps
     * @throws IllegalArgumentException if momentum alone remembers longer than that; the message names the shortest half-life
     */
    public SaliencyRule withHalfLife(double steps) {
        double shortest = momentum == 0 ? 0 : 2 * Math.log(0.5) / Math.log(momentum);
        if (!(steps > shortest) || !Double.isFinite(steps)) {
            throw new IllegalArgumentException("the score half-life is " + steps + " steps, with a score momentum of "
                    + momentum + " it must be more than " + shortest);
        }
        double ratio = Math.pow(0.5, 1 / steps);
        double perStep = (1 - ratio) * (ratio - momentum) / (nesterov ? (1 + momentum) * ratio - momentum : ratio);
        return new SaliencyRule(learningRate, momentum, (float) (perStep / learningRate), nesterov);
    }
}
