package dev.finecomb.compute;

import java.lang.foreign.MemorySegment;

/**
 * The loops over float32 arrays that a step consists of. Every segment holds floats in native byte order; those of one call have one
 * length, below 2 GiB, and none overlaps another.
 *
 * <p>All forms give the same bits: element by element each operation is rounded as IEEE 754 has it, no multiplication is fused with an
 * addition, and sums are taken in one fixed order. So a result depends neither on the processor's vector width nor on whether the
 * vector module was there.
 */
public sealed interface Kernels permits ScalarKernels, VectorKernels {
    /**
     * Sums run in so many interleaved parts, element i in part i mod this, which are added up in ascending order at the end: enough to
     * keep any vector unit busy.
     */
    int PARTS = 16;

    /** The vector form where the JVM was started with {@code --add-modules jdk.incubator.vector}, else the scalar one. */
    static Kernels fastest() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorKernels()
                : new ScalarKernels();
    }

    /** For the log: {@code vector, 256 bits}, or {@code scalar} and how to get vectors. */
    String description();

    /** The sum of the living elements' squares, in float64; not finite if any element is not, a dead one included. */
    double squares(MemorySegment values, Mask alive);

    /** Makes every dead element +0.0. */
    void zeroDead(MemorySegment values, Mask alive);

    /** One step of x, which has no momentum, along the product of two arrays as its gradient. */
    void descendProduct(Descent descent, MemorySegment x, MemorySegment left, MemorySegment right);

    /** One step of x and its momentum along the product of two arrays as its gradient. */
    void descendProduct(
            Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment left, MemorySegment right);

    /** One step of x, which has no momentum. A dead element's gradient counts as 0. */
    void descend(Descent descent, MemorySegment x, MemorySegment gradient, Mask alive);

    /** One step of x and its momentum. A dead element's gradient counts as 0. */
    void descend(Descent descent, MemorySegment x, MemorySegment momentum, MemorySegment gradient, Mask alive);

    /** One step of Adam over x and its moments. A dead element's gradient counts as 0. */
    void descend(AdamDescent descent, MemorySegment x, Moments moments, MemorySegment gradient, Mask alive);

    /** What Adam keeps of each element. */
    record Moments(MemorySegment mean, MemorySegment variance) {}
}
