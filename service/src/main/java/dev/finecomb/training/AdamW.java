package dev.finecomb.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
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
    public void update(HostArrays arrays, long step, float learningRate) {
        MemorySegment weight = arrays.weight();
        MemorySegment gradient = arrays.gradient();
        MemorySegment mean = arrays.slots().get(0);
        MemorySegment variance = arrays.slots().get(1);
        float shrink = 1 - learningRate * weightDecay;
        float stride = meanStride(step, learningRate);
        float correction = varianceCorrection(step);
        float keep1 = (float) beta1;
        float keep2 = (float) beta2;
        float share1 = share1();
        float share2 = share2();
        float offset = offset();
        long n = arrays.elements();
        for (long i = 0; i < n; i++) {
            float g = gradient.getAtIndex(JAVA_FLOAT, i);
            float m = keep1 * mean.getAtIndex(JAVA_FLOAT, i) + share1 * g;
            float v = keep2 * variance.getAtIndex(JAVA_FLOAT, i) + share2 * g * g;
            mean.setAtIndex(JAVA_FLOAT, i, m);
            variance.setAtIndex(JAVA_FLOAT, i, v);
            float w = weight.getAtIndex(JAVA_FLOAT, i) * shrink;
            weight.setAtIndex(JAVA_FLOAT, i, w - stride * m / ((float) Math.sqrt(v * correction) + offset));
            gradient.setAtIndex(JAVA_FLOAT, i, 0);
        }
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
