package dev.finecomb.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Stochastic gradient descent as PyTorch has it: {@code d = g + wd*w; v = mu*v + d; d = nesterov ? d + mu*v : v;
 * w -= lr*d}. Decoupled weight decay shrinks the weight by {@code lr*wd} first and leaves it out of {@code d}.
 */
record Sgd(float momentum, boolean nesterov, float weightDecay, boolean decoupled) implements Optimizer {

    @Override
    public List<String> slots() {
        return momentum == 0 ? List.of() : List.of("momentum");
    }

    @Override
    public void update(HostArrays arrays, long step, float learningRate) {
        float shrink = decoupled ? 1 - learningRate * weightDecay : 1;
        float coupled = decoupled ? 0 : weightDecay;
        if (momentum == 0) {
            plain(arrays.weight(), arrays.gradient(), arrays.elements(), learningRate, shrink, coupled);
        } else if (nesterov) {
            nesterov(arrays, learningRate, shrink, coupled, momentum);
        } else {
            heavyBall(arrays, learningRate, shrink, coupled, momentum);
        }
    }

    private static void plain(
            MemorySegment weight, MemorySegment gradient, long n, float lr, float shrink, float decay) {
        for (long i = 0; i < n; i++) {
            float w = weight.getAtIndex(JAVA_FLOAT, i) * shrink;
            float d = gradient.getAtIndex(JAVA_FLOAT, i) + decay * w;
            weight.setAtIndex(JAVA_FLOAT, i, w - lr * d);
            gradient.setAtIndex(JAVA_FLOAT, i, 0);
        }
    }

    private static void heavyBall(HostArrays arrays, float lr, float shrink, float decay, float mu) {
        MemorySegment weight = arrays.weight();
        MemorySegment gradient = arrays.gradient();
        MemorySegment velocity = arrays.slots().getFirst();
        long n = arrays.elements();
        for (long i = 0; i < n; i++) {
            float w = weight.getAtIndex(JAVA_FLOAT, i) * shrink;
            float d = gradient.getAtIndex(JAVA_FLOAT, i) + decay * w;
            float v = mu * velocity.getAtIndex(JAVA_FLOAT, i) + d;
            velocity.setAtIndex(JAVA_FLOAT, i, v);
            weight.setAtIndex(JAVA_FLOAT, i, w - lr * v);
            gradient.setAtIndex(JAVA_FLOAT, i, 0);
        }
    }

    private static void nesterov(HostArrays arrays, float lr, float shrink, float decay, float mu) {
        MemorySegment weight = arrays.weight();
        MemorySegment gradient = arrays.gradient();
        MemorySegment velocity = arrays.slots().getFirst();
        long n = arrays.elements();
        for (long i = 0; i < n; i++) {
            float w = weight.getAtIndex(JAVA_FLOAT, i) * shrink;
            float d = gradient.getAtIndex(JAVA_FLOAT, i) + decay * w;
            float v = mu * velocity.getAtIndex(JAVA_FLOAT, i) + d;
            velocity.setAtIndex(JAVA_FLOAT, i, v);
            weight.setAtIndex(JAVA_FLOAT, i, w - lr * (d + mu * v));
            gradient.setAtIndex(JAVA_FLOAT, i, 0);
        }
    }

    @Override
    public void update(DeviceArrays arrays, long step, float learningRate) {
        NDArray weight = arrays.weight();
        if (decoupled) {
            weight.muli(1 - learningRate * weightDecay);
        }
        NDArray d = arrays.gradient();
        if (!decoupled && weightDecay != 0) {
            try (NDArray decay = weight.mul(weightDecay)) {
                d.addi(decay);
            }
        }
        NDArray direction = momentum == 0 ? d : foldVelocity(arrays.slots().getFirst(), d);
        try (NDArray walk = direction.mul(learningRate)) {
            weight.subi(walk);
        }
    }

    /** Folds {@code d} into the velocity and returns the direction to walk. */
    private NDArray foldVelocity(NDArray velocity, NDArray d) {
        velocity.muli(momentum).addi(d);
        if (!nesterov) {
            return velocity;
        }
        try (NDArray ahead = velocity.mul(momentum)) {
            return d.addi(ahead);
        }
    }
}
