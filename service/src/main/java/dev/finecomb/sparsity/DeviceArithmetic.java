package dev.finecomb.sparsity;

import ai.djl.ndarray.NDArray;

/** Updates in place that an engine does in one launch each, without an array between and without a synchronization. */
public interface DeviceArithmetic {
    /** {@code target += factor * left * right}, all of one shape. */
    void addProduct(NDArray target, NDArray left, NDArray right, float factor);

    /** {@code target += factor * addend}; the addend may be the target itself. */
    void addScaled(NDArray target, NDArray addend, float factor);

    /** Copies values into the target's own memory, which NDArray's {@code set} and {@code copyTo} would exchange. */
    void copy(NDArray target, NDArray source);
}
