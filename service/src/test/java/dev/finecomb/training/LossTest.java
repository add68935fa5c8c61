package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and their gradients through the engine, against float64 formulas and PyTorch's numbers. */
class LossTest {
    private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());

    private final Operations operations = new Operations(manager);

    /** Loss and accuracy; the gradient is the predictions' afterwards. */
    private double[] learn(Loss loss, NDArray predictions, NDArray labels) {
        predictions.setRequiresGradient(true);
        try (GradientCollector _ = Engine.getEngine("PyTorch").newGradientCollector()) {
            return loss.learn(operations, predictions, labels, List.of())
                    .numbers()
                    .toDoubleArray();
        }
    }

    @AfterEach
    void free() {
        manager.close();
    }

    static List<Reference> references() {
        return Reference.of("losses");
    }

    private static Loss loss(Reference facts) {
        return switch (facts.text("kind")) {
            case "softmax" -> new Loss.SoftmaxCrossEntropy((float) facts.number("smoothing"));
            case "binary" -> new Loss.BinaryCrossEntropy();
            case "squared" -> new Loss.MeanSquaredError();
            default -> throw new IllegalArgumentException(facts.toString());
        };
    }

    private NDArray logits(Reference facts) {
        float[] shape = facts.floats("shape");
        return manager.create(facts.floats("logits"), new Shape((long) shape[0], (long) shape[1]));
    }

    private NDArray labels(Reference facts, Shape shape) {
        NDArray labels = manager.create(facts.floats("labels"));
        return facts.text("kind").equals("softmax") ? labels.toType(DataType.INT64, true) : labels.reshape(shape);
    }

    @ParameterizedTest
    @MethodSource("references")
    void lossAndGradientArePyTorchs(Reference facts) {
        NDArray logits = logits(facts);
        NDArray labels = labels(facts, logits.getShape());
        double found = learn(loss(facts), logits, labels)[0];
        assertThat(found).isCloseTo(facts.number("loss"), within(2e-7 + 1e-6 * Math.abs(facts.number("loss"))));
        assertThat(logits.getGradient().toFloatArray()).containsExactly(facts.floats("gradient"), offset(2e-7f));
    }

    @ParameterizedTest
    @MethodSource("references")
    void gradientsInHandAreThoseThatAreAccumulated(Reference facts) {
        NDArray logits = logits(facts);
        NDArray labels = labels(facts, logits.getShape());
        learn(loss(facts), logits, labels);
        NDArray stranger = manager.ones(new Shape(2, 3));
        stranger.setRequiresGradient(true);
        try (GradientCollector _ = Engine.getEngine("PyTorch").newGradientCollector()) {
            List<NDArray> gradients = loss(facts)
                    .learn(operations, logits, labels, List.of(logits, stranger))
                    .gradients();
            assertThat(gradients.get(0).toFloatArray())
                    .isEqualTo(logits.getGradient().toFloatArray());
            assertThat(gradients.get(1).toFloatArray())
                    .as("the loss does not depend on it")
                    .containsOnly(0f)
                    .hasSize(6);
        }
    }

    @ParameterizedTest
    @MethodSource("references")
    void lossIsTheFormulas(Reference facts) {
        float[] x = facts.floats("logits");
        float[] y = facts.floats("labels");
        int classes = (int) facts.floats("shape")[1];
        double expected = switch (facts.text("kind")) {
            case "softmax" -> softmax(x, y, classes, facts.number("smoothing"));
            case "binary" -> binary(x, y);
            default -> squared(x, y);
        };
        NDArray logits = logits(facts);
        double found = learn(loss(facts), logits, labels(facts, logits.getShape()))[0];
        assertThat(found).isCloseTo(expected, within(2e-7 + 1e-6 * Math.abs(expected)));
    }

    private static double softmax(float[] x, float[] y, int classes, double smoothing) {
        double sum = 0;
        for (int sample = 0; sample < y.length; sample++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, x[sample * classes + c]);
            }
            double partition = 0;
            for (int c = 0; c < classes; c++) {
                partition += Math.exp(x[sample * classes + c] - max);
            }
            for (int c = 0; c < classes; c++) {
                double target = (c == (int) y[sample] ? 1 - smoothing : 0) + smoothing / classes;
                sum -= target * (x[sample * classes + c] - max - Math.log(partition));
            }
        }
        return sum / y.length;
    }

    private static double binary(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            // -y*log(sigmoid(x)) - (1-y)*log(1-sigmoid(x)), by log(1+exp(z)) = z for large z
            double minusLogOn = x[i] < -40 ? -(double) x[i] : Math.log1p(Math.exp(-(double) x[i]));
            double minusLogOff = x[i] > 40 ? x[i] : Math.log1p(Math.exp(x[i]));
            sum += (y[i] == 0 ? 0 : y[i] * minusLogOn) + (y[i] == 1 ? 0 : (1 - y[i]) * minusLogOff);
        }
        return sum / x.length;
    }

    private static double squared(float[] x, float[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
        }
        return sum / x.length;
    }

    @Test
    void accuracyCountsWhatIsPredictedRight() {
        NDArray logits = manager.create(new float[] {3, 1, 0, 0, 9, 1, 5, 4, 6, 1, 2, 3}, new Shape(4, 3));
        Loss softmax = new Loss.SoftmaxCrossEntropy(0);
        assertThat(learn(softmax, logits, manager.create(new long[] {0, 1, 0, 2}))[1])
                .isEqualTo(0.75);
        assertThat(learn(softmax, logits, manager.create(new int[] {1, 1, 0, 1}))[1])
                .isEqualTo(0.25);
        NDArray scores = manager.create(new float[] {2, -1, 0.5f, -3}, new Shape(4, 1));
        NDArray targets = manager.create(new float[] {1, 0, 0, 0});
        assertThat(learn(new Loss.BinaryCrossEntropy(), scores, targets)[1]).isEqualTo(0.75);
        assertThat(learn(new Loss.MeanSquaredError(), scores, targets)[1]).isNaN();
    }

    @Test
    void oneColumnMatchesAPlainVector() {
        NDArray scores = manager.create(new float[] {2, -1}, new Shape(2, 1));
        NDArray labels = manager.create(new float[] {1, 1});
        assertThat(learn(new Loss.MeanSquaredError(), scores, labels)[0]).isEqualTo(2.5);
        NDArray whole = manager.create(new int[] {1, 1});
        assertThat(learn(new Loss.MeanSquaredError(), scores, whole)[0]).isEqualTo(2.5);
    }

    @Test
    void shapesThatDoNotBelongTogetherAreRefused() {
        NDArray four = manager.ones(new Shape(4, 3));
        assertMismatch(new Loss.MeanSquaredError(), four, manager.ones(new Shape(4)));
        assertMismatch(new Loss.MeanSquaredError(), four, manager.ones(new Shape(3, 4)));
        assertMismatch(new Loss.MeanSquaredError(), four, manager.ones(new Shape(1, 3)));
        assertMismatch(new Loss.BinaryCrossEntropy(), four, manager.ones(new Shape(2, 3)));
        assertMismatch(new Loss.MeanSquaredError(), manager.create(1f), manager.ones(new Shape(1)));
        NDArray classes = manager.zeros(new Shape(4), DataType.INT64);
        assertMismatch(new Loss.SoftmaxCrossEntropy(0), four, manager.ones(new Shape(4)));
        assertMismatch(new Loss.SoftmaxCrossEntropy(0), four, manager.zeros(new Shape(4, 1), DataType.INT64));
        assertMismatch(new Loss.SoftmaxCrossEntropy(0), manager.ones(new Shape(4, 3, 2)), classes);
        assertMismatch(new Loss.SoftmaxCrossEntropy(0), four, manager.zeros(new Shape(3), DataType.INT64));
        assertMismatch(new Loss.SoftmaxCrossEntropy(0), four, manager.zeros(new Shape(5), DataType.INT64));
    }

    private void assertMismatch(Loss loss, NDArray predictions, NDArray labels) {
        assertThatExceptionOfType(Loss.ShapeMismatchException.class)
                .isThrownBy(() -> loss.learn(operations, predictions, labels, List.of()))
                .withMessageContaining(labels.getShape().toString());
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"I64", "I32", "I16", "I8", "U8"})
    void labelsOutsideTheClassesAreFound(DType type) {
        assertThat(LabelCheck.outsideClasses(labels(type, 0, 9, 3), 10)).isEmpty();
        assertThat(LabelCheck.outsideClasses(labels(type, 0, 10, 3), 10))
                .hasValueSatisfying(text -> assertThat(text).contains("label 1 of y is 10", "0 to 9"));
        if (type != DType.U8) {
            assertThat(LabelCheck.outsideClasses(labels(type, 1, 2, -1), 10)).isPresent();
        }
    }

    private static Tensor labels(DType type, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            for (int at = 0; at < type.bytes(); at++) {
                data.put((byte) (at < Integer.BYTES ? value >> (8 * at) : value >> 31));
            }
        }
        return new Tensor("y", type, List.of((long) values.length), data.flip());
    }
}
