package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a step minimizes, as the mean over the batch's samples, and how right the model was before it learned from them.
 * Predictions are the model's first output; every array made here belongs to the manager of the predictions.
 */
sealed interface Loss {

    /**
     * Runs backward from the batch loss, in one call of the engine.
     *
     * @param parameters see {@link Operations#softmax}
     * @return on the device, nothing waited for; its accuracy is the share of samples (or outputs) predicted right, 0 to 1,
     *     or NaN where the loss is no classification
     * @throws ShapeMismatchException when predictions and labels do not belong together
     */
    Operations.Learned learn(Operations operations, NDArray predictions, NDArray labels, List<NDArray> parameters);

    /** How many classes these predictions tell apart, where labels are class indices. */
    OptionalLong classes(NDArray predictions);

    /**
     * Softmax cross-entropy over logits [B, C] with class indices [B] (I64 or I32). With smoothing s the target is
     * {@code (1-s)} on the label and {@code s/C} on every class, as in PyTorch.
     */
    record SoftmaxCrossEntropy(float labelSmoothing) implements Loss {
        @Override
        public Operations.Learned learn(
                Operations operations, NDArray predictions, NDArray labels, List<NDArray> parameters) {
            requireLogits(predictions, labels);
            return operations.softmax(predictions, labels, labelSmoothing, parameters);
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
        public Operations.Learned learn(
                Operations operations, NDArray predictions, NDArray labels, List<NDArray> parameters) {
            requireAlike(predictions, labels);
            return operations.binary(predictions, labels, parameters);
        }

        @Override
        public OptionalLong classes(NDArray predictions) {
            return OptionalLong.empty();
        }
    }

    /** Mean squared error against targets of the same shape (or [B] against [B, 1]). */
    record MeanSquaredError() implements Loss {
        @Override
        public Operations.Learned learn(
                Operations operations, NDArray predictions, NDArray labels, List<NDArray> parameters) {
            requireAlike(predictions, labels);
            return operations.squared(predictions, labels, parameters);
        }

        @Override
        public OptionalLong classes(NDArray predictions) {
            return OptionalLong.empty();
        }
    }

    private static void requireAlike(NDArray predictions, NDArray labels) {
        if (predictions.isScalar()
                || labels.getShape().size() != predictions.getShape().size()
                || labels.getShape().get(0) != predictions.getShape().get(0)) {
            // Without this check the engine would broadcast one against the other and train on nonsense.
            throw new ShapeMismatchException(
                    "labels " + labels.getShape() + " do not match the model's output " + predictions.getShape());
        }
    }

    /** The batch's tensors do not fit the model's output; the batch is at fault, not the state. */
    final class ShapeMismatchException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        ShapeMismatchException(String message) {
            super(message);
        }
    }
}
