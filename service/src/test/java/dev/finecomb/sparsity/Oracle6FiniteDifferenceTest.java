package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Oracle 6: in a tiny float64 network, logits = V tanh((w * m) x) with softmax cross-entropy, the loss's derivative by a mask element is
 * g_k * w_k, with g the gradient of the effective weight; so a score's is the sum over its positions, which is what saliencies add up.
 */
class Oracle6FiniteDifferenceTest {
    private static final int INPUTS = 8;
    private static final int HIDDEN = 6;
    private static final int CLASSES = 3;
    private static final double STEP = 1e-5;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void derivativeByAMaskElementIsGradientTimesWeight(long seed) {
        Network network = new Network(seed);
        double[] mask = halfMask();
        double[] g = network.gradientOfEffectiveWeight(mask);

        for (int k = 0; k < mask.length; k++) {
            double[] up = mask.clone();
            double[] down = mask.clone();
            up[k] += STEP;
            down[k] -= STEP;
            double slope = (network.loss(up) - network.loss(down)) / (2 * STEP);

            assertThat(slope).isCloseTo(g[k] * network.w[k], within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void derivativeByTheWeightIsTheMaskedGradient(long seed) {
        Network network = new Network(seed);
        double[] mask = halfMask();
        double[] g = network.gradientOfEffectiveWeight(mask);

        for (int k = 0; k < mask.length; k++) {
            double before = network.w[k];
            network.w[k] = before + STEP;
            double up = network.loss(mask);
            network.w[k] = before - STEP;
            double down = network.loss(mask);
            network.w[k] = before;

            assertThat((up - down) / (2 * STEP)).isCloseTo(mask[k] * g[k], within(1e-6));
        }
    }

    @Test
    void oneStepOfTheAccumulatorsDescendsAlongThatDerivative() {
        Network network = new Network(9);
        double[] mask = ones();
        double[] g = network.gradientOfEffectiveWeight(mask);
        float[] w32 = new float[g.length];
        float[] g32 = new float[g.length];
        for (int k = 0; k < g.length; k++) {
            w32[k] = (float) network.w[k];
            g32[k] = (float) g[k];
        }
        try (HostSaliency saliency = new HostSaliency(new SaliencyRule(0.5f, 0, 0), List.of((long) g.length))) {
            saliency.accumulate(0, MemorySegment.ofArray(w32), MemorySegment.ofArray(g32));

            for (int k = 0; k < g.length; k++) {
                double[] up = mask.clone();
                double[] down = mask.clone();
                up[k] += STEP;
                down[k] -= STEP;
                double slope = (network.loss(up) - network.loss(down)) / (2 * STEP);
                assertThat((double) saliency.a(0).getAtIndex(ValueLayout.JAVA_FLOAT, k))
                        .isCloseTo(-0.5 * slope, within(1e-6));
            }
        }
    }

    private static double[] ones() {
        double[] mask = new double[HIDDEN * INPUTS];
        Arrays.fill(mask, 1);
        return mask;
    }

    /** 2:4 with the kept positions moving from group to group. */
    private static double[] halfMask() {
        double[] mask = new double[HIDDEN * INPUTS];
        for (int k = 0; k < mask.length; k++) {
            mask[k] = (k + k / 4) % 2;
        }
        return mask;
    }

    private static final class Network {
        private final double[] w; // [HIDDEN, INPUTS]
        private final double[] v; // [CLASSES, HIDDEN]
        private final double[] x; // [INPUTS]
        private final int label;

        Network(long seed) {
            Random random = new Random(seed);
            w = random.doubles(HIDDEN * INPUTS, -1, 1).toArray();
            v = random.doubles(CLASSES * HIDDEN, -1, 1).toArray();
            x = random.doubles(INPUTS, -1, 1).toArray();
            label = random.nextInt(CLASSES);
        }

        double loss(double[] mask) {
            return -Math.log(probabilities(hidden(mask))[label]);
        }

        /** g = dL/d(w * m), by hand. */
        double[] gradientOfEffectiveWeight(double[] mask) {
            double[] hidden = hidden(mask);
            double[] p = probabilities(hidden);
            double[] g = new double[w.length];
            for (int h = 0; h < HIDDEN; h++) {
                double back = 0;
                for (int c = 0; c < CLASSES; c++) {
                    back += v[c * HIDDEN + h] * (p[c] - (c == label ? 1 : 0));
                }
                for (int i = 0; i < INPUTS; i++) {
                    g[h * INPUTS + i] = back * (1 - hidden[h] * hidden[h]) * x[i];
                }
            }
            return g;
        }

        private double[] hidden(double[] mask) {
            double[] hidden = new double[HIDDEN];
            for (int h = 0; h < HIDDEN; h++) {
                double sum = 0;
                for (int i = 0; i < INPUTS; i++) {
                    sum += w[h * INPUTS + i] * mask[h * INPUTS + i] * x[i];
                }
                hidden[h] = Math.tanh(sum);
            }
            return hidden;
        }

        private double[] probabilities(double[] hidden) {
            double[] exponentials = new double[CLASSES];
            double total = 0;
            for (int c = 0; c < CLASSES; c++) {
                double logit = 0;
                for (int h = 0; h < HIDDEN; h++) {
                    logit += v[c * HIDDEN + h] * hidden[h];
                }
                exponentials[c] = Math.exp(logit);
                total += exponentials[c];
            }
            for (int c = 0; c < CLASSES; c++) {
                exponentials[c] /= total;
            }
            return exponentials;
        }
    }
}
