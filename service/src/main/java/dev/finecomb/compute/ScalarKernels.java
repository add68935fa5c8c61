package dev.finecomb.compute;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The kernels in plain Java: what runs where the vector module is missing, what finishes the vectors' remainders, and the tests'
 * oracle.
 */
final class ScalarKernels implements Kernels {
    @Override
    public String description() {
        return "scalar (with java --add-modules jdk.incubator.vector a step takes less time, to the same result)";
    }

    @Override
    public double squares(MemorySegment values, Mask alive) {
        double[] parts = new double[PARTS];
        addSquares(parts, values, alive, 0);
        return sum(parts);
    }

    static void addSquares(double[] parts, MemorySegment values, Mask alive, int from) {
        int n = elements(values);
        for (int i = from; i < n; i++) {
            // Times 0 is 0, or NaN if it was not finite: then the sum must not be.
            double value = values.getAtIndex(JAVA_FLOAT, i) * (alive.isAlive(i) ? 1 : 0);
            parts[i & (PARTS - 1)] += value * value;
        }
    }

    static double sum(double[] parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        return sum;
    }

    @Override
    public void zeroDead(MemorySegment values, Mask alive) {
        zeroDead(values, alive, 0);
    }

    static void zeroDead(MemorySegment values, Mask alive, int from) {
        int n = elements(values);
        for (int i = from; i < n; i++) {
            if (!alive.isAlive(i)) {
                values.setAtIndex(JAVA_FLOAT, i, 0f);
            }
        }
    }

    @Override
    public void descendProduct(Descent descent, MemorySegment x, MemorySegment left, MemorySegment right) {
        descendProduct(descent, x, left, right, 0);
    }

    static void descendProduct(Descent descent, MemorySegment x, MemorySegment left, MemorySegment right, int from) {
        int n = elements(x);
        for (int i = from; i < n; i++) {
            step(descent, x, left.getAtIndex(JAVA_FLOAT, i) * descent.scale() * right.getAtIndex(JAVA_FLOAT, i), i);
        }
    }

    @Override
    public void descendProduct(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment left, MemorySegment right) {
        descendProduct(descent, x, momentum, left, right, 0);
    }

    static void descendProduct(
            Descent descent,
            MemorySegment x,
            MemorySegment momentum,
            MemorySegment left,
            MemorySegment right,
            int from) {
        int n = elements(x);
        for (int i = from; i < n; i++) {
            step(
                    descent,
                    x,
                    momentum,
                    left.getAtIndex(JAVA_FLOAT, i) * descent.scale() * right.getAtIndex(JAVA_FLOAT, i),
                    i);
        }
    }

    @Override
    public void descend(Descent descent, MemorySegment x, MemorySegment gradient, Mask alive) {
        descend(descent, x, gradient, alive, 0);
    }

    static void descend(Descent descent, MemorySegment x, MemorySegment gradient, Mask alive, int from) {
        int n = elements(x);
        for (int i = from; i < n; i++) {
            step(descent, x, living(gradient, alive, i) * descent.scale(), i);
        }
    }

    @Override
    public void descend(Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment gradient, Mask alive) {
        descend(descent, x, momentum, gradient, alive, 0);
    }

    static void descend(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment gradient, Mask alive, int from) {
        int n = elements(x);
        for (int i = from; i < n; i++) {
            step(descent, x, momentum, living(gradient, alive, i) * descent.scale(), i);
        }
    }

    private static void step(Descent descent, MemorySegment x, float gradient, int i) {
        float shrunk = x.getAtIndex(JAVA_FLOAT, i) * descent.shrink();
        float d = gradient + descent.decay() * shrunk;
        x.setAtIndex(JAVA_FLOAT, i, shrunk - descent.rate() * d);
    }

    private static void step(Descent descent, MemorySegment x, MemorySegment momentum, float gradient, int i) {
        float shrunk = x.getAtIndex(JAVA_FLOAT, i) * descent.shrink();
        float d = gradient + descent.decay() * shrunk;
        float v = descent.momentum() * momentum.getAtIndex(JAVA_FLOAT, i) + d;
        momentum.setAtIndex(JAVA_FLOAT, i, v);
        float direction = descent.nesterov() ? d + descent.momentum() * v : v;
        x.setAtIndex(JAVA_FLOAT, i, shrunk - descent.rate() * direction);
    }

    @Override
    public void descend(AdamDescent descent, MemorySegment x, Moments moments, MemorySegment gradient, Mask alive) {
        descend(descent, x, moments, gradient, alive, 0);
    }

    static void descend(
            AdamDescent descent, MemorySegment x, Moments moments, MemorySegment gradient, Mask alive, int from) {
        MemorySegment mean = moments.mean();
        MemorySegment variance = moments.variance();
        AdamDescent.Walk walk = descent.walk();
        int n = elements(x);
        for (int i = from; i < n; i++) {
            float g = living(gradient, alive, i) * descent.scale();
            float m = descent.mean().keep() * mean.getAtIndex(JAVA_FLOAT, i)
                    + descent.mean().share() * g;
            float v = descent.variance().keep() * variance.getAtIndex(JAVA_FLOAT, i)
                    + descent.variance().share() * g * g;
            mean.setAtIndex(JAVA_FLOAT, i, m);
            variance.setAtIndex(JAVA_FLOAT, i, v);
            float deviation = (float) Math.sqrt(v * walk.correction());
            float shrunk = x.getAtIndex(JAVA_FLOAT, i) * walk.shrink();
            x.setAtIndex(JAVA_FLOAT, i, shrunk - walk.stride() * m / (deviation + walk.offset()));
        }
    }

    private static float living(MemorySegment gradient, Mask alive, int i) {
        return alive.isAlive(i) ? gradient.getAtIndex(JAVA_FLOAT, i) : 0f;
    }

    private static int elements(MemorySegment values) {
        return Math.toIntExact(values.byteSize() / Float.BYTES);
    }
}
