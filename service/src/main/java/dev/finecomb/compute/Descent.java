package dev.finecomb.compute;

/**
 * One step of gradient descent as PyTorch's SGD has it, in float32:
 *
 * <pre>
 *   x = shrink * x;  d = gradient + decay * x
 *   v = momentum * v + d
 *   x = x - rate * v                     heavy ball
 *   x = x - rate * (d + momentum * v)    nesterov
 * </pre>
 *
 * Without momentum there is no v, and x walks along d. The gradient is taken times the scale.
 *
 * @param scale factor on the gradient, which itself is left as it is
 * @param rate learning rate
 * @param shrink factor on x before anything else; 1 for none
 * @param decay weight decay that is part of the gradient; 0 for none
 */
public record Descent(float scale, float rate, float shrink, float decay, float momentum, boolean nesterov) {}
