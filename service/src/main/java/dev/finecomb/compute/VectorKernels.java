package dev.finecomb.compute;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels in vectors of eight floats, or four where the processor has no more: memory is the limit before wider ones would pay. Two
 * to three times as fast as the scalar loops, which the compiler can't vectorize because it can't know that the engine's arrays don't
 * overlap.
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
    public double squares(MemorySegment values, MemorySegment alive) {
        double[] parts = new double[PARTS];
        long bound = NARROW ? 0 : values.byteSize() & -(long) (PARTS * Float.BYTES);
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (long at = 0; at < bound; at += 2L * BYTES) {
            FloatVector low = load(values, at).mul(ones(alive, at));
            FloatVector high = load(values, at + BYTES).mul(ones(alive, at + BYTES));
            sum0 = sum0.add(square(low, 0));
            sum1 = sum1.add(square(low, 1));
            sum2 = sum2.add(square(high, 0));
            sum3 = sum3.add(square(high, 1));
        }
        int lanes = DOUBLES.length();
        sum0.intoArray(parts, 0);
        sum1.intoArray(parts, lanes);
        sum2.intoArray(parts, 2 * lanes);
        sum3.intoArray(parts, 3 * lanes);
        ScalarKernels.addSquares(parts, values, alive, bound / Float.BYTES);
        return ScalarKernels.sum(parts);
    }

    private static DoubleVector square(FloatVector values, int half) {
        DoubleVector wide = (DoubleVector) values.convertShape(VectorOperators.F2D, DOUBLES, half);
        return wide.mul(wide);
    }

    @Override
    public void zeroDead(MemorySegment values, MemorySegment alive) {
        long bound = whole(values);
        for (long at = 0; at < bound; at += BYTES) {
            living(values, alive, at).intoMemorySegment(values, at, ORDER);
        }
        ScalarKernels.zeroDead(values, alive, bound / Float.BYTES);
    }

    @Override
    public void scale(MemorySegment values, float factor) {
        long bound = whole(values);
        for (long at = 0; at < bound; at += BYTES) {
            load(values, at).mul(factor).intoMemorySegment(values, at, ORDER);
        }
        ScalarKernels.scale(values, factor, bound / Float.BYTES);
    }

    @Override
    public void descendProduct(Descent descent, MemorySegment x, MemorySegment left, MemorySegment right) {
        long bound = whole(x);
        for (long at = 0; at < bound; at += BYTES) {
            step(descent, x, load(left, at).mul(load(right, at)), at);
        }
        ScalarKernels.descendProduct(descent, x, left, right, bound / Float.BYTES);
    }

    @Override
    public void descendProduct(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment left, MemorySegment right) {
        long bound = whole(x);
        for (long at = 0; at < bound; at += BYTES) {
            step(descent, x, momentum, load(left, at).mul(load(right, at)), at);
        }
        ScalarKernels.descendProduct(descent, x, momentum, left, right, bound / Float.BYTES);
    }

    @Override
    public void descend(Descent descent, MemorySegment x, MemorySegment gradient, MemorySegment alive) {
        long bound = whole(x);
        for (long at = 0; at < bound; at += BYTES) {
            step(descent, x, take(gradient, alive, at), at);
        }
        ScalarKernels.descend(descent, x, gradient, alive, bound / Float.BYTES);
    }

    @Override
    public void descend(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment gradient, MemorySegment alive) {
        long bound = whole(x);
        for (long at = 0; at < bound; at += BYTES) {
            step(descent, x, momentum, take(gradient, alive, at), at);
        }
        ScalarKernels.descend(descent, x, momentum, gradient, alive, bound / Float.BYTES);
    }

    private static void step(Descent descent, MemorySegment x, FloatVector gradient, long at) {
        FloatVector shrunk = load(x, at).mul(descent.shrink());
        FloatVector d = gradient.add(shrunk.mul(descent.decay()));
        shrunk.sub(d.mul(descent.rate())).intoMemorySegment(x, at, ORDER);
    }

    private static void step(Descent descent, MemorySegment x, MemorySegment momentum, FloatVector gradient, long at) {
        FloatVector shrunk = load(x, at).mul(descent.shrink());
        FloatVector d = gradient.add(shrunk.mul(descent.decay()));
        FloatVector v = load(momentum, at).mul(descent.momentum()).add(d);
        v.intoMemorySegment(momentum, at, ORDER);
        FloatVector direction = descent.nesterov() ? d.add(v.mul(descent.momentum())) : v;
        shrunk.sub(direction.mul(descent.rate())).intoMemorySegment(x, at, ORDER);
    }

    @Override
    public void descend(
            AdamDescent descent, MemorySegment x, Moments moments, MemorySegment gradient, MemorySegment alive) {
        long bound = whole(x);
        for (long at = 0; at < bound; at += BYTES) {
            FloatVector g = take(gradient, alive, at);
            FloatVector m = load(moments.mean(), at).mul(descent.keep1()).add(g.mul(descent.share1()));
            FloatVector v = load(moments.variance(), at)
                    .mul(descent.keep2())
                    .add(g.mul(descent.share2()).mul(g));
            m.intoMemorySegment(moments.mean(), at, ORDER);
            v.intoMemorySegment(moments.variance(), at, ORDER);
            FloatVector deviation = v.mul(descent.correction()).sqrt();
            FloatVector walk = m.mul(descent.stride()).div(deviation.add(descent.offset()));
            load(x, at).mul(descent.shrink()).sub(walk).intoMemorySegment(x, at, ORDER);
        }
        ScalarKernels.descend(descent, x, moments, gradient, alive, bound / Float.BYTES);
    }

    private static FloatVector take(MemorySegment gradient, MemorySegment alive, long at) {
        FloatVector living = living(gradient, alive, at);
        FloatVector.zero(FLOATS).intoMemorySegment(gradient, at, ORDER);
        return living;
    }

    private static FloatVector living(MemorySegment values, MemorySegment alive, long at) {
        long bits = (alive.get(JAVA_BYTE, at >>> 5) & 0xFFL) >>> firstBit(at);
        return FloatVector.zero(FLOATS).blend(load(values, at), VectorMask.fromLong(FLOATS, bits));
    }

    /** The mask of the floats at this offset as 1 or 0 each, to multiply with: then what is not finite shows. */
    private static FloatVector ones(MemorySegment alive, long at) {
        return FloatVector.fromArray(FLOATS, ONES, (alive.get(JAVA_BYTE, at >>> 5) & 0xFF) * Byte.SIZE + firstBit(at));
    }

    /** Where in its byte of the mask the bit of the float at this offset is. */
    private static int firstBit(long at) {
        return (int) (at >>> 2) & (Byte.SIZE - 1);
    }

    private static FloatVector load(MemorySegment values, long at) {
        return FloatVector.fromMemorySegment(FLOATS, values, at, ORDER);
    }

    /** Bytes that are whole vectors. */
    private static long whole(MemorySegment values) {
        return values.byteSize() & -(long) BYTES;
    }
}
