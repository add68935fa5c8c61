package dev.finecomb.compute;

/**
 * One step of Adam with decoupled weight decay, in float32:
 *
 * <pre>
 *   g = scale * gradient
 *   m = mean.keep * m + mean.share * g
 *   v = variance.keep * v + variance.share * g * g
 *   x = shrink * x - stride * m / (sqrt(v * correction) + offset)
 * </pre>
 *
 * @param scale factor on the gradient, which itself is left as it is
 */
public record AdamDescent(float scale, Moment mean, Moment variance, Walk walk) {
    /**
     * How a moment follows the gradient.
     *
     * @param keep beta
     * @param share 1 - beta
     */
    public record Moment(float keep, float share) {}

    /**
     * How x follows the moments.
     *
     * @param shrink 1 - learning rate * weight decay
     * @param stride learning rate / (1 - beta1^t)
     * @param correction 1 / (1 - beta2^t)
     * @param offset epsilon, more than 0
     */
    public record Walk(float shrink, float stride, float correction, float offset) {}
}
