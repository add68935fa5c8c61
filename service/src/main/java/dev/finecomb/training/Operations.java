package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import dev.finecomb.model.Script;
import dev.finecomb.sparsity.DeviceArithmetic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A step's work on the engine, each method one call of it; none waits for the device. The arithmetic is in the resource
 * {@code operations.py}.
 *
 * <p>Numbers of a step gather in one small float64 array, which every {@code append...} makes longer by one, so that they
 * come to the host in one transfer.
 */
final class Operations implements DeviceArithmetic {
    private final Script script;

    /** @param manager owns the compiled operations and tells their device */
    Operations(NDManager manager) {
        this.script = Script.load("Operations", source(), manager);
    }

    private static String source() {
        try (InputStream in = Operations.class.getResourceAsStream("operations.py")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource operations.py can't be read", e);
        }
    }

    /**
     * What backward from a loss gave.
     *
     * @param numbers float64 [2]: the loss, rounded to float32, and the accuracy
     * @param gradients of the parameters that were asked for, contiguous; zeros where the loss does not depend on one
     */
    record Learned(NDArray numbers, List<NDArray> gradients) {
        static Learned of(NDList arrays) {
            return new Learned(arrays.head(), List.copyOf(arrays.subList(1, arrays.size())));
        }
    }

    /**
     * {@link Loss.SoftmaxCrossEntropy} of logits [B, C] and indices [B], and backward from it.
     *
     * @param parameters whose gradients are wanted in arrays of their own; none of them, and the engine adds each
     *     parameter's to the one that it has
     */
    Learned softmax(NDArray predictions, NDArray labels, float smoothing, List<NDArray> parameters) {
        return Learned.of(script.computeAll(
                predictions.getManager(),
                "softmax",
                tensor(predictions),
                tensor(labels),
                IValue.from((double) (1 - smoothing)),
                IValue.from((double) smoothing),
                tensors(parameters)));
    }

    /** {@link Loss.BinaryCrossEntropy} of as many logits as labels, and backward from it as in {@link #softmax}. */
    Learned binary(NDArray predictions, NDArray labels, List<NDArray> parameters) {
        return Learned.of(script.computeAll(
                predictions.getManager(), "binary", tensor(predictions), tensor(labels), tensors(parameters)));
    }

    /** {@link Loss.MeanSquaredError} of as many predictions as labels, and backward from it as in {@link #softmax}. */
    Learned squared(NDArray predictions, NDArray labels, List<NDArray> parameters) {
        return Learned.of(script.computeAll(
                predictions.getManager(), "squared", tensor(predictions), tensor(labels), tensors(parameters)));
    }

    /** The largest absolute value of each floating-point array, none empty: float64 [n], not finite where one is not. */
    NDArray largest(List<NDArray> arrays, NDManager owner) {
        return script.compute(owner, "largest", tensors(arrays));
    }

    /** The numbers, then the sum of {@link #largest}, which is finite exactly when all is. */
    NDArray appendLargest(NDArray numbers, List<NDArray> arrays) {
        return script.compute(numbers.getManager(), "append_largest", tensor(numbers), tensors(arrays));
    }

    /** The numbers, then the sum of squares, by rows of this length whose sums are float32. */
    NDArray appendSquares(NDArray numbers, NDArray array, int row) {
        return script.compute(
                numbers.getManager(), "append_squares", tensor(numbers), tensor(array), IValue.from((long) row));
    }

    /** Copies each source into its target, of the same shape and type. */
    void copy(List<NDArray> targets, List<NDArray> sources) {
        script.run("copy", tensors(targets), tensors(sources));
    }

    @Override
    public void copy(NDArray target, NDArray source) {
        copy(List.of(target), List.of(source));
    }

    /** Moves the parts' values into a flat array and makes each part a view of its place there. */
    void lay(List<NDArray> parts, NDArray flat, List<Long> offsets) {
        long[] starts = offsets.stream().mapToLong(Long::longValue).toArray();
        script.run("lay", tensors(parts), tensor(flat), IValue.listFrom(starts));
    }

    /** Multiplies with {@code alive}, 1 or 0 and of the same shape and type: what is not finite stays so. */
    void mask(NDArray array, NDArray alive) {
        script.run("mask", tensor(array), tensor(alive));
    }

    @Override
    public void addProduct(NDArray target, NDArray left, NDArray right, float factor) {
        script.run("add_product", tensor(target), tensor(left), tensor(right), IValue.from((double) factor));
    }

    @Override
    public void addScaled(NDArray target, NDArray addend, float factor) {
        script.run("add_scaled", tensor(target), tensor(addend), IValue.from((double) factor));
    }

    /** Sets every element to +0.0, whatever it was. */
    void zero(NDArray array) {
        script.run("zero", tensor(array));
    }

    /** {@link Sgd} in one launch; {@code velocities} is empty without momentum. */
    void sgd(Sgd rule, NDArray weights, NDArray gradients, List<NDArray> velocities, float rate) {
        float coupled = rule.decoupled() ? 0 : rule.weightDecay();
        script.run(
                "sgd",
                tensors(List.of(weights)),
                tensors(List.of(gradients)),
                tensors(velocities),
                IValue.from((double) rate),
                IValue.from((double) rule.momentum()),
                IValue.from(rule.nesterov()),
                IValue.from((double) coupled));
    }

    /**
     * {@link AdamW} in one launch.
     *
     * @param slots mean and variance
     * @param count float32 scalar, overwritten: the engine wants the number of steps, this one included, on the device
     */
    void adamw(AdamW rule, NDArray weights, NDArray gradients, List<NDArray> slots, NDArray count, Pace pace) {
        script.run(
                "adamw",
                tensors(List.of(weights)),
                tensors(List.of(gradients)),
                tensors(slots),
                tensor(count),
                IValue.from(pace.step() + 1.0),
                IValue.from((double) pace.rate()),
                IValue.from(rule.beta1()),
                IValue.from(rule.beta2()),
                IValue.from((double) rule.weightDecay()),
                IValue.from((double) rule.offset()));
    }

    /** A step's number, counted from 0, and its learning rate. */
    record Pace(long step, float rate) {}

    private static IValue tensor(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    private static IValue tensors(List<NDArray> arrays) {
        return IValue.listFrom(arrays.toArray(PtNDArray[]::new));
    }
}
