package dev.finecomb.compute;

/**
 * One step of Adam with decoupled weight decay, in float32:
 *
 * <pre>
 *   m = keep1 * m + share1 * g
 *   v = keep2 * v + share2 * g * g
 *   x = shrink * x - stride * m / (sqrt(v * correction) + offset)
 * </pre>
 *
 * @param shrink 1 - learning rate * weight decay
 * @param stride learning rate / (1 - beta1^t)
 * @param correction 1 / (1 - beta2^t)
 * @param offset epsilon, more than 0
 */
public record AdamDescent(
        float keep1,
        float share1,
        float keep2,
        float share2,
        float shrink,
        float stride,
        float correction,
        float offset) {}
