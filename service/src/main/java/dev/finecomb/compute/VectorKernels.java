package dev.finecomb.compute;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels in vectors of eight floats, or four where the processor has no more: memory is the limit before wider ones would pay.
 * Several times as fast as the scalar loops, which the compiler can't vectorize because it can't know that the engine's arrays don't
 * overlap.
 *
 * <p>The loops repeat themselves on purpose. A vector stays in a register only where every method that it passes through is inlined. The
 * Vector API's own methods always are; one of ours is not any more once it was compiled by itself, and then each vector is an object.
 */
final class VectorKernels implements Kernels {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final boolean NARROW = FloatVector.SPECIES_PREFERRED.length() < 8;
    private static final VectorSpecies<Float> FLOATS = NARROW ? FloatVector.SPECIES_128 : FloatVector.SPECIES_256;
    private static final VectorSpecies<Double> DOUBLES = NARROW ? DoubleVector.SPECIES_128 : DoubleVector.SPECIES_256;
    private static final int BYTES = FLOATS.vectorByteSize();
    /** For each value of a byte of the mask its bits as eight floats, 1 or 0. */
    private static final float[] ONES = ones();

    private static float[] ones() {
        float[] ones = new float[256 * Byte.SIZE];
        for (int i = 0; i < ones.length; i++) {
            ones[i] = ((i / Byte.SIZE) >>> (i % Byte.SIZE)) & 1;
        }
        return ones;
    }

    @Override
    public String description() {
        return "vector, " + FLOATS.vectorBitSize() + " bits";
    }

    @Override
    public double squares(MemorySegment values, Mask alive) {
        long[] words = alive.words;
        int first = alive.first;
        double[] parts = new double[PARTS];
        int bound = NARROW ? 0 : Math.toIntExact(values.byteSize()) & -(PARTS * Float.BYTES);
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int at = 0; at < bound; at += 2 * BYTES) {
            long bits = words[first + (at >>> 8)] >>> (at >>> 2);
            // Multiplied by the mask, so that what is not finite shows.
            FloatVector low = FloatVector.fromMemorySegment(FLOATS, values, at, ORDER)
                    .mul(FloatVector.fromArray(FLOATS, ONES, (int) (bits & 0xFF) << 3));
            FloatVector high = FloatVector.fromMemorySegment(FLOATS, values, at + BYTES, ORDER)
                    .mul(FloatVector.fromArray(FLOATS, ONES, (int) (bits >>> 8 & 0xFF) << 3));
            DoubleVector part0 = (DoubleVector) low.convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector part1 = (DoubleVector) low.convertShape(VectorOperators.F2D, DOUBLES, 1);
            DoubleVector part2 = (DoubleVector) high.convertShape(VectorOperators.F2D, DOUBLES, 0);
            DoubleVector part3 = (DoubleVector) high.convertShape(VectorOperators.F2D, DOUBLES, 1);
            sum0 = sum0.add(part0.mul(part0));
            sum1 = sum1.add(part1.mul(part1));
            sum2 = sum2.add(part2.mul(part2));
            sum3 = sum3.add(part3.mul(part3));
        }
        int lanes = DOUBLES.length();
        sum0.intoArray(parts, 0);
        sum1.intoArray(parts, lanes);
        sum2.intoArray(parts, 2 * lanes);
        sum3.intoArray(parts, 3 * lanes);
        if (bound < values.byteSize()) {
            ScalarKernels.addSquares(parts, values, alive, bound / Float.BYTES);
        }
        return ScalarKernels.sum(parts);
    }

    @Override
    public void zeroDead(MemorySegment values, Mask alive) {
        long[] words = alive.words;
        int first = alive.first;
        int bound = whole(values);
        for (int at = 0; at < bound; at += BYTES) {
            long bits = words[first + (at >>> 8)] >>> (at >>> 2);
            FloatVector.zero(FLOATS)
                    .blend(FloatVector.fromMemorySegment(FLOATS, values, at, ORDER), VectorMask.fromLong(FLOATS, bits))
                    .intoMemorySegment(values, at, ORDER);
        }
        if (bound < values.byteSize()) {
            ScalarKernels.zeroDead(values, alive, bound / Float.BYTES);
        }
    }

    @Override
    public void descendProduct(Descent descent, MemorySegment x, MemorySegment left, MemorySegment right) {
        float scale = descent.scale();
        float rate = descent.rate();
        float shrink = descent.shrink();
        float decay = descent.decay();
        int bound = whole(x);
        for (int at = 0; at < bound; at += BYTES) {
            FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, left, at, ORDER)
                    .mul(scale)
                    .mul(FloatVector.fromMemorySegment(FLOATS, right, at, ORDER));
            FloatVector shrunk =
                    FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).mul(shrink);
            FloatVector d = gradient.add(shrunk.mul(decay));
            shrunk.sub(d.mul(rate)).intoMemorySegment(x, at, ORDER);
        }
        if (bound < x.byteSize()) {
            ScalarKernels.descendProduct(descent, x, left, right, bound / Float.BYTES);
        }
    }

    @Override
    public void descendProduct(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment left, MemorySegment right) {
        float scale = descent.scale();
        float rate = descent.rate();
        float shrink = descent.shrink();
        float decay = descent.decay();
        float mu = descent.momentum();
        boolean nesterov = descent.nesterov();
        int bound = whole(x);
        for (int at = 0; at < bound; at += BYTES) {
            FloatVector gradient = FloatVector.fromMemorySegment(FLOATS, left, at, ORDER)
                    .mul(scale)
                    .mul(FloatVector.fromMemorySegment(FLOATS, right, at, ORDER));
            FloatVector shrunk =
                    FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).mul(shrink);
            FloatVector d = gradient.add(shrunk.mul(decay));
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, momentum, at, ORDER)
                    .mul(mu)
                    .add(d);
            v.intoMemorySegment(momentum, at, ORDER);
            FloatVector direction = nesterov ? d.add(v.mul(mu)) : v;
            shrunk.sub(direction.mul(rate)).intoMemorySegment(x, at, ORDER);
        }
        if (bound < x.byteSize()) {
            ScalarKernels.descendProduct(descent, x, momentum, left, right, bound / Float.BYTES);
        }
    }

    @Override
    public void descend(Descent descent, MemorySegment x, MemorySegment gradient, Mask alive) {
        long[] words = alive.words;
        int first = alive.first;
        float scale = descent.scale();
        float rate = descent.rate();
        float shrink = descent.shrink();
        float decay = descent.decay();
        FloatVector zero = FloatVector.zero(FLOATS);
        int bound = whole(x);
        for (int at = 0; at < bound; at += BYTES) {
            long bits = words[first + (at >>> 8)] >>> (at >>> 2);
            FloatVector living = zero.blend(
                    FloatVector.fromMemorySegment(FLOATS, gradient, at, ORDER), VectorMask.fromLong(FLOATS, bits));
            FloatVector shrunk =
                    FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).mul(shrink);
            FloatVector d = living.mul(scale).add(shrunk.mul(decay));
            shrunk.sub(d.mul(rate)).intoMemorySegment(x, at, ORDER);
        }
        if (bound < x.byteSize()) {
            ScalarKernels.descend(descent, x, gradient, alive, bound / Float.BYTES);
        }
    }

    @Override
    public void descend(Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment gradient, Mask alive) {
        long[] words = alive.words;
        int first = alive.first;
        float scale = descent.scale();
        float rate = descent.rate();
        float shrink = descent.shrink();
        float decay = descent.decay();
        float mu = descent.momentum();
        boolean nesterov = descent.nesterov();
        FloatVector zero = FloatVector.zero(FLOATS);
        int bound = whole(x);
        for (int at = 0; at < bound; at += BYTES) {
            long bits = words[first + (at >>> 8)] >>> (at >>> 2);
            FloatVector living = zero.blend(
                    FloatVector.fromMemorySegment(FLOATS, gradient, at, ORDER), VectorMask.fromLong(FLOATS, bits));
            FloatVector shrunk =
                    FloatVector.fromMemorySegment(FLOATS, x, at, ORDER).mul(shrink);
            FloatVector d = living.mul(scale).add(shrunk.mul(decay));
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, momentum, at, ORDER)
                    .mul(mu)
                    .add(d);
            v.intoMemorySegment(momentum, at, ORDER);
            FloatVector direction = nesterov ? d.add(v.mul(mu)) : v;
            shrunk.sub(direction.mul(rate)).intoMemorySegment(x, at, ORDER);
        }
        if (bound < x.byteSize()) {
            ScalarKernels.descend(descent, x, momentum, gradient, alive, bound / Float.BYTES);
        }
    }

    @Override
    public void descend(AdamDescent descent, MemorySegment x, Moments moments, MemorySegment gradient, Mask alive) {
        long[] words = alive.words;
        int first = alive.first;
        float scale = descent.scale();
        float keep1 = descent.mean().keep();
        float share1 = descent.mean().share();
        float keep2 = descent.variance().keep();
        float share2 = descent.variance().share();
        AdamDescent.Walk walk = descent.walk();
        MemorySegment mean = moments.mean();
        MemorySegment variance = moments.variance();
        FloatVector zero = FloatVector.zero(FLOATS);
        int bound = whole(x);
        for (int at = 0; at < bound; at += BYTES) {
            long bits = words[first + (at >>> 8)] >>> (at >>> 2);
            FloatVector g = zero.blend(
                            FloatVector.fromMemorySegment(FLOATS, gradient, at, ORDER),
                            VectorMask.fromLong(FLOATS, bits))
                    .mul(scale);
            FloatVector m = FloatVector.fromMemorySegment(FLOATS, mean, at, ORDER)
                    .mul(keep1)
                    .add(g.mul(share1));
            FloatVector v = FloatVector.fromMemorySegment(FLOATS, variance, at, ORDER)
                    .mul(keep2)
                    .add(g.mul(share2).mul(g));
            m.intoMemorySegment(mean, at, ORDER);
            v.intoMemorySegment(variance, at, ORDER);
            FloatVector deviation = v.mul(walk.correction()).sqrt();
            FloatVector towards = m.mul(walk.stride()).div(deviation.add(walk.offset()));
            FloatVector.fromMemorySegment(FLOATS, x, at, ORDER)
                    .mul(walk.shrink())
                    .sub(towards)
                    .intoMemorySegment(x, at, ORDER);
        }
        if (bound < x.byteSize()) {
            ScalarKernels.descend(descent, x, moments, gradient, alive, bound / Float.BYTES);
        }
    }

    /** Bytes that are whole vectors. */
    private static int whole(MemorySegment values) {
        return Math.toIntExact(values.byteSize()) & -BYTES;
    }
}
