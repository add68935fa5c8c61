package dev.finecomb.protocol.tensor;

import java.util.List;

/** Arithmetic on shapes that notices when it overflows. */
final class Shapes {
    private Shapes() {}

    /**
     * Number of elements of a shape; 1 for a scalar's empty shape.
     *
     * @throws ArithmeticException if an axis is negative or the product exceeds 63 bits
     */
    static long elements(List<Long> shape) {
        long elements = 1;
        for (long axis : shape) {
            if (axis < 0) {
                throw new ArithmeticException("negative axis " + axis);
            }
            elements = Math.multiplyExact(elements, axis);
        }
        return elements;
    }

    /** Size in bytes; throws as {@link #elements} does. */
    static long bytes(DType dtype, List<Long> shape) {
        return Math.multiplyExact(elements(shape), dtype.bytes());
    }

    /** Throws {@link IllegalArgumentException} unless {@code bytes} is exactly the size of such a tensor. */
    static void requireSize(String name, DType dtype, List<Long> shape, long bytes) {
        long expected;
        try {
            expected = bytes(dtype, shape);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("tensor " + Quoted.name(name) + " has the impossible shape " + shape, e);
        }
        if (expected != bytes) {
            throw new IllegalArgumentException("tensor " + Quoted.name(name) + " is " + dtype + shape + " and needs "
                    + expected + " bytes, but got " + bytes);
        }
    }
}
