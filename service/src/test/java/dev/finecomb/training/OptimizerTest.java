package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The update rules against a slow obvious oracle in float64, against PyTorch's numbers, and in their two forms. */
class OptimizerTest {
    private static final double RELATIVE = 3e-6;

    /** What an oracle needs: the rule and nothing of its code. */
    private record Rule(Optimizer optimizer, float learningRate) {
        static Rule of(Reference facts) {
            Optimizer optimizer = switch (facts.text("kind")) {
                case "sgd" ->
                    new Sgd(
                            (float) facts.number("momentum"),
                            facts.flag("nesterov"),
                            (float) facts.number("decay"),
                            false);
                case "adamw" ->
                    new AdamW(facts.number("beta1"), facts.number("beta2"), facts.number("eps"), (float)
                            facts.number("decay"));
                default -> throw new IllegalArgumentException(facts.toString());
            };
            return new Rule(optimizer, (float) facts.number("lr"));
        }
    }

    static List<Reference> references() {
        return Reference.of("optimizers");
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                new Sgd(0, false, 0, false),
                new Sgd(0, false, 0.1f, false),
                new Sgd(0, false, 0.1f, true),
                new Sgd(0.9f, false, 0.01f, false),
                new Sgd(0.9f, false, 0.01f, true),
                new Sgd(0.9f, true, 0, false),
                new Sgd(0.9f, true, 0.01f, false),
                new Sgd(0.9f, true, 0.01f, true),
                new AdamW(0.9, 0.999, 1e-8, 0),
                new AdamW(0.9, 0.999, 1e-8, 0.1f),
                new AdamW(0, 0.5, 1e-3, 0.1f));
    }

    @ParameterizedTest
    @MethodSource("references")
    void computesWhatPyTorchComputes(Reference facts) {
        Rule rule = Rule.of(facts);
        Host host = new Host(rule.optimizer(), facts.floats("initial"));
        for (int step = 0; step < facts.size("gradients"); step++) {
            host.step(facts.floats("gradients", step), step, rule.learningRate());
        }
        assertClose(host.weights(), toDoubles(facts.floats("final")), RELATIVE);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void followsTheOracle(Optimizer optimizer) {
        Random random = new Random(1);
        int n = 37;
        float[] initial = normal(random, n);
        Host host = new Host(optimizer, initial);
        Oracle oracle = new Oracle(optimizer, toDoubles(initial));
        for (int step = 0; step < 60; step++) {
            float[] gradient = normal(random, n);
            float learningRate = 0.05f / (1 + step % 7);
            oracle.step(gradient, step, learningRate);
            host.step(gradient, step, learningRate);
        }
        assertClose(host.weights(), oracle.weights(), 2e-5);
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void bothFormsAgree(Optimizer optimizer) {
        Random random = new Random(2);
        int n = 64;
        float[] initial = normal(random, n);
        Host host = new Host(optimizer, initial);
        try (DeviceForm device = new DeviceForm(optimizer, initial)) {
            for (int step = 0; step < 50; step++) {
                float[] gradient = normal(random, n);
                host.step(gradient, step, 0.03f);
                device.step(gradient, step, 0.03f);
            }
            assertClose(device.weights(), toDoubles(host.weights()), 2e-6);
            assertThat(device.arraysAlive())
                    .as("arrays alive")
                    .isEqualTo(3 + optimizer.slots().size());
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void deadWeightsStayPlusZero(Optimizer optimizer) {
        float[] gradient = {0f, -0f, 1f, 0f, -0f, -1f};
        float[] initial = {0f, 0f, 1f, 0f, 0f, -1f};
        Host host = new Host(optimizer, initial);
        try (DeviceForm device = new DeviceForm(optimizer, initial)) {
            for (int step = 0; step < 1000; step++) {
                host.step(gradient, step, 0.01f);
                device.step(gradient, step, 0.01f);
            }
            for (int dead : List.of(0, 1, 3, 4)) {
                host.everything().forEach(values -> assertPlusZero(values[dead]));
                device.everything().forEach(values -> assertPlusZero(values[dead]));
            }
            assertThat(host.weights()[2]).isFinite().isNotEqualTo(1f);
        }
    }

    @Test
    void anEpsilonBelowFloat32DoesNotPoisonDeadWeights() {
        Host host = new Host(new AdamW(0.9, 0.999, 1e-60, 0.1f), new float[] {0, 1});
        host.step(new float[] {0, 0.5f}, 0, 0.01f);
        assertPlusZero(host.weights()[0]);
        assertThat(host.weights()[1]).isFinite();
    }

    @Test
    void theLargestGradientThatIsTrainedOnFreezesNothing() {
        float largest = (float) Math.sqrt(Float.MAX_VALUE) * 0.99f;
        Host host = new Host(new AdamW(0.9, 0.999, 1e-8, 0), new float[] {1});
        host.step(new float[] {largest}, 0, 0.01f);
        host.everything().forEach(values -> assertThat(values[0]).isFinite());
    }

    private static void assertPlusZero(float value) {
        assertThat(Float.floatToRawIntBits(value)).as("bits of %s", value).isZero();
    }

    private static void assertClose(float[] found, double[] expected, double relative) {
        double[] errors = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i])))
                .toArray();
        assertThat(Arrays.stream(errors).max().orElseThrow())
                .as("largest error of %s against %s", Arrays.toString(found), Arrays.toString(expected))
                .isLessThanOrEqualTo(relative);
    }

    private static float[] normal(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] toDoubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static final class Host {
        private final Optimizer optimizer;
        private final Optimizer.HostArrays arrays;

        Host(Optimizer optimizer, float[] initial) {
            this.optimizer = optimizer;
            List<MemorySegment> slots = new ArrayList<>();
            optimizer.slots().forEach(slot -> slots.add(MemorySegment.ofArray(new float[initial.length])));
            this.arrays = new Optimizer.HostArrays(MemorySegment.ofArray(initial.clone()), slots);
        }

        void step(float[] gradient, long step, float learningRate) {
            optimizer
                    .hostUpdate(Kernels.fastest(), step, learningRate, 1)
                    .apply(arrays, MemorySegment.ofArray(gradient), alive());
        }

        private Mask alive() {
            long[] words = new long[((int) arrays.elements() + 63) / 64];
            Arrays.fill(words, -1);
            return Mask.of(words);
        }

        float[] weights() {
            return arrays.weight().toArray(ValueLayout.JAVA_FLOAT);
        }

        List<float[]> everything() {
            return Stream.concat(Stream.of(arrays.weight()), arrays.slots().stream())
                    .map(segment -> segment.toArray(ValueLayout.JAVA_FLOAT))
                    .toList();
        }
    }

    private static final class DeviceForm implements AutoCloseable {
        private final NDManager manager =
                Engine.getEngine("PyTorch").newBaseManager(Device.cpu()).newSubManager();
        private final NDArray weight;
        private final NDArray gradient;
        private final Operations operations = new Operations(manager);
        private final DeviceUpdate update;

        DeviceForm(Optimizer optimizer, float[] initial) {
            this.weight = manager.create(initial);
            this.gradient = manager.zeros(weight.getShape());
            this.update = new DeviceUpdate(optimizer, operations, initial.length, manager);
        }

        void step(float[] values, long step, float learningRate) {
            try (NDArray staged = manager.create(values)) {
                operations.copy(gradient, staged);
            }
            update.apply(weight, gradient, new Operations.Pace(step, learningRate));
        }

        float[] weights() {
            return weight.toFloatArray();
        }

        int arraysAlive() {
            return manager.getManagedArrays().size();
        }

        List<float[]> everything() {
            return Stream.concat(Stream.of(weight), update.slots().stream())
                    .map(NDArray::toFloatArray)
                    .toList();
        }

        @Override
        public void close() {
            manager.close();
        }
    }

    /** Written from the papers' formulas, one weight after another, in float64. */
    private static final class Oracle {
        private final Optimizer optimizer;
        private final double[] w;
        private final double[] first;
        private final double[] second;

        Oracle(Optimizer optimizer, double[] initial) {
            this.optimizer = optimizer;
            this.w = initial;
            this.first = new double[initial.length];
            this.second = new double[initial.length];
        }

        double[] weights() {
            return w;
        }

        void step(float[] gradient, int step, double lr) {
            for (int i = 0; i < w.length; i++) {
                switch (optimizer) {
                    case Sgd(float mu, boolean nesterov, float decay, boolean decoupled) -> {
                        if (decoupled) {
                            w[i] -= lr * decay * w[i];
                        }
                        double d = gradient[i] + (decoupled ? 0 : decay * w[i]);
                        first[i] = mu * first[i] + d;
                        w[i] -= lr * (nesterov ? d + mu * first[i] : first[i]);
                    }
                    case AdamW(double beta1, double beta2, double epsilon, float decay) -> {
                        w[i] -= lr * decay * w[i];
                        first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
                        second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i];
                        double mean = first[i] / (1 - Math.pow(beta1, step + 1));
                        double variance = second[i] / (1 - Math.pow(beta2, step + 1));
                        w[i] -= lr * mean / (Math.sqrt(variance) + epsilon);
                    }
                }
            }
        }
    }
}
