package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import dev.finecomb.compute.AdamDescent;
import dev.finecomb.compute.Kernels;
import java.util.List;

/**
 * Adam with decoupled weight decay as PyTorch has it: {@code w *= 1 - lr*wd; m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g*g;
 * w -= lr/(1-b1^t) * m / (sqrt(v/(1-b2^t)) + eps)}, t counted from 1 (Loshchilov and Hutter, 2019).
 */
record AdamW(double beta1, double beta2, double epsilon, float weightDecay) implements Optimizer {

    // 1 - beta is taken in double: in float32 a beta2 of 0.999 would leave 1.3e-5 of it as error.
    private float share1() {
        return (float) (1 - beta1);
    }

    private float share2() {
        return (float) (1 - beta2);
    }

    /** More than 0 in float32 too, or a dead weight's 0/0 would be NaN. */
    private float offset() {
        return Math.max((float) epsilon, Float.MIN_NORMAL);
    }

    @Override
    public List<String> slots() {
        return List.of("mean", "variance");
    }

    @Override
    public HostUpdate hostUpdate(Kernels kernels, long step, float learningRate) {
        var descent = new AdamDescent(
                (float) beta1,
                share1(),
                (float) beta2,
                share2(),
                1 - learningRate * weightDecay,
                meanStride(step, learningRate),
                varianceCorrection(step),
                offset());
        return (arrays, alive) -> {
            var moments =
                    new Kernels.Moments(arrays.slots().get(0), arrays.slots().get(1));
            kernels.descend(descent, arrays.weight(), moments, arrays.gradient(), alive);
        };
    }

    @Override
    public void update(DeviceArrays arrays, long step, float learningRate) {
        NDArray mean = arrays.slots().get(0);
        NDArray variance = arrays.slots().get(1);
        arrays.weight().muli(1 - learningRate * weightDecay);
        NDArray g = arrays.gradient();
        try (NDArray square = g.mul(g)) {
            variance.muli((float) beta2).addi(square.muli(share2()));
        }
        mean.muli((float) beta1).addi(g.muli(share1()));
        try (NDArray scaled = variance.mul(varianceCorrection(step));
                NDArray deviation = scaled.sqrt();
                NDArray walk = mean.mul(meanStride(step, learningRate))) {
            arrays.weight().subi(walk.divi(deviation.addi(offset())));
        }
    }

    private float meanStride(long step, float learningRate) {
        return (float) (learningRate / (1 - StrictMath.pow(beta1, step + 1.0)));
    }

    private float varianceCorrection(long step) {
        return (float) (1 / (1 - StrictMath.pow(beta2, step + 1.0)));
    }
}
