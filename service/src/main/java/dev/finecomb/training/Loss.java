package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a step minimizes, as the mean over the batch's samples, and how right the model was before it learned from them.
 * Predictions are the model's first output; every array made here belongs to the manager of the predictions.
 */
public sealed interface Loss {

    /**
     * The batch loss, a scalar to run backward from.
     *
     * @throws ShapeMismatchException when predictions and labels do not belong together
     */
    NDArray of(NDArray predictions, NDArray labels);

    /** How many classes these predictions tell apart, where labels are class indices. */
    OptionalLong classes(NDArray predictions);

    /** The share of samples (or outputs) predicted right, 0 to 1; empty where the loss is no classification. */
    OptionalDouble accuracy(NDArray predictions, NDArray labels);

    /**
     * Softmax cross-entropy over logits [B, C] with class indices [B] (I64 or I32). With smoothing s the target is
     * {@code (1-s)} on the label and {@code s/C} on every class, as in PyTorch.
     */
    record SoftmaxCrossEntropy(float labelSmoothing) implements Loss {
        @Override
        public NDArray of(NDArray predictions, NDArray labels) {
            requireLogits(predictions, labels);
            NDArray logProbabilities = predictions.logSoftmax(1);
            NDArray picked =
                    logProbabilities.gather(labels.toType(DataType.INT64, false).expandDims(1), 1);
            NDArray likelihood = picked.mean().neg();
            if (labelSmoothing == 0) {
                return likelihood;
            }
            NDArray uniform = logProbabilities.mean().neg();
            return likelihood.mul(1 - labelSmoothing).add(uniform.mul(labelSmoothing));
        }

        @Override
        public OptionalDouble accuracy(NDArray predictions, NDArray labels) {
            NDArray right = predictions.argMax(1).eq(labels.toType(DataType.INT64, false));
            return OptionalDouble.of(mean(right));
        }

        @Override
        public OptionalLong classes(NDArray predictions) {
            return predictions.getShape().dimension() == 2
                    ? OptionalLong.of(predictions.getShape().get(1))
                    : OptionalLong.empty();
        }

        private static void requireLogits(NDArray predictions, NDArray labels) {
            if (predictions.getShape().dimension() != 2
                    || labels.getShape().dimension() != 1
                    // The engine would pick from the first rows and train on nonsense.
                    || labels.getShape().get(0) != predictions.getShape().get(0)
                    || labels.getDataType().isFloating()) {
                throw new ShapeMismatchException(
                        "softmax-cross-entropy wants logits [B, C] and integer labels [B], found "
                                + predictions.getShape() + " and " + labels.getDataType() + " " + labels.getShape());
            }
        }
    }

    /** Binary cross-entropy over logits with targets 0 to 1 of the same shape (or [B] against [B, 1]). */
    record BinaryCrossEntropy() implements Loss {
        @Override
        public NDArray of(NDArray predictions, NDArray labels) {
            NDArray targets = alike(predictions, labels);
            // max(x, 0) - x*t + log(1 + exp(-|x|)): no overflow for any finite x.
            NDArray softened = predictions.abs().neg().exp().add(1).log();
            return predictions
                    .maximum(0)
                    .sub(predictions.mul(targets))
                    .add(softened)
                    .mean();
        }

        @Override
        public OptionalLong classes(NDArray predictions) {
            return OptionalLong.empty();
        }

        @Override
        public OptionalDouble accuracy(NDArray predictions, NDArray labels) {
            return OptionalDouble.of(
                    mean(predictions.gt(0).eq(alike(predictions, labels).gt(0.5))));
        }
    }

    /** Mean squared error against targets of the same shape (or [B] against [B, 1]). */
    record MeanSquaredError() implements Loss {
        @Override
        public NDArray of(NDArray predictions, NDArray labels) {
            return predictions.sub(alike(predictions, labels)).square().mean();
        }

        @Override
        public OptionalLong classes(NDArray predictions) {
            return OptionalLong.empty();
        }

        @Override
        public OptionalDouble accuracy(NDArray predictions, NDArray labels) {
            return OptionalDouble.empty();
        }
    }

    private static double mean(NDArray trueOrFalse) {
        return trueOrFalse.toType(DataType.FLOAT64, false).mean().getDouble();
    }

    private static NDArray alike(NDArray predictions, NDArray labels) {
        if (predictions.isScalar()
                || labels.getShape().size() != predictions.getShape().size()
                || labels.getShape().get(0) != predictions.getShape().get(0)) {
            // Without this check the engine would broadcast one against the other and train on nonsense.
            throw new ShapeMismatchException(
                    "labels " + labels.getShape() + " do not match the model's output " + predictions.getShape());
        }
        return labels.toType(predictions.getDataType(), false).reshape(predictions.getShape());
    }

    /** The batch's tensors do not fit the model's output; the batch is at fault, not the state. */
    final class ShapeMismatchException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        ShapeMismatchException(String message) {
            super(message);
        }
    }
}
