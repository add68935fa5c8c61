package dev.finecomb.training;

import dev.finecomb.compute.AdamDescent;
import dev.finecomb.compute.Kernels;
import java.util.List;

/**
 * Adam with decoupled weight decay as PyTorch has it: {@code w *= 1 - lr*wd; m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g*g;
 * w -= lr/(1-b1^t) * m / (sqrt(v/(1-b2^t)) + eps)}, t counted from 1 (Loshchilov and Hutter, 2019).
 */
record AdamW(double beta1, double beta2, double epsilon, float weightDecay) implements Optimizer {

    // 1 - beta is taken in double: in float32 a beta2 of 0.999 would leave 1.3e-5 of it as error.
    float share1() {
        return (float) (1 - beta1);
    }

    float share2() {
        return (float) (1 - beta2);
    }

    /** More than 0 in float32 too, or a dead weight's 0/0 would be NaN. */
    float offset() {
        return Math.max((float) epsilon, Float.MIN_NORMAL);
    }

    @Override
    public List<String> slots() {
        return List.of("mean", "variance");
    }

    @Override
    public HostUpdate hostUpdate(Kernels kernels, long step, float learningRate, float scale) {
        var walk = new AdamDescent.Walk(
                1 - learningRate * weightDecay, meanStride(step, learningRate), varianceCorrection(step), offset());
        var descent = new AdamDescent(
                scale,
                new AdamDescent.Moment((float) beta1, share1()),
                new AdamDescent.Moment((float) beta2, share2()),
                walk);
        return (arrays, gradient, alive) -> {
            var moments =
                    new Kernels.Moments(arrays.slots().get(0), arrays.slots().get(1));
            kernels.descend(descent, arrays.weight(), moments, gradient, alive);
        };
    }

    float meanStride(long step, float learningRate) {
        return (float) (learningRate / (1 - StrictMath.pow(beta1, step + 1.0)));
    }

    float varianceCorrection(long step) {
        return (float) (1 / (1 - StrictMath.pow(beta2, step + 1.0)));
    }
}
