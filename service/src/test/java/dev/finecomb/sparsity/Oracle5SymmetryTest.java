package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle 5: what must not change the masks, and what must change them in a known way. */
class Oracle5SymmetryTest {
    private static final long END = 40;

    @ParameterizedTest
    @CsvSource({"2:4,1024", "2:4,0.0009765625", "4:8,4", "1:8,0.5"})
    void scoreLearningRateTimesAPowerOfTwo(String pattern, float factor) {
        PolicyRun.Data data = PolicyRun.Data.random(11);

        assertThat(masks(pattern, new SaliencyRule(0.1f * factor, 0, 0), data))
                .isEqualTo(masks(pattern, new SaliencyRule(0.1f, 0, 0), data));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:4", "4:8", "1:8", "2:16"})
    void gradientAndWeightBothNegated(String pattern) {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 1e-3f);
        PolicyRun.Data data = PolicyRun.Data.random(12);

        assertThat(masks(pattern, rule, mapped(data, GroupValues::negated))).isEqualTo(masks(pattern, rule, data));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:4", "4:8", "1:8", "2:16"})
    void permutedPositionsPermuteTheMask(String pattern) {
        int m = Integer.parseInt(pattern.substring(2));
        int[] order = GroupValues.permutation(m, new Random(m));
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 1e-3f);
        PolicyRun.Data data = PolicyRun.Data.random(13);
        LayerMask plain = masks(pattern, rule, data).getFirst();
        LayerMask permuted = masks(pattern, rule, mapped(data, values -> GroupValues.permuted(values, order)))
                .getFirst();

        for (long group = 0; group < plain.layout().groups(); group++) {
            int mask = plain.group(group);
            int expected = IntStream.range(0, m)
                    .filter(k -> (mask >>> order[k] & 1) != 0)
                    .map(k -> 1 << k)
                    .sum();
            assertThat(permuted.group(group)).isEqualTo(expected);
        }
    }

    private static List<LayerMask> masks(String pattern, SaliencyRule rule, PolicyRun.Data data) {
        int m = Integer.parseInt(pattern.substring(2));
        List<SparseLayer> layers = List.of(PolicyRun.layer("w", m, 40L, 4L * m));
        try (PolicyRun run = new PolicyRun(PolicyRun.lbc(pattern, END, 1, layers), rule, data)) {
            run.steps(0, END + 1);
            assertThat(run.policy().complete()).isTrue();
            return run.policy().masks();
        }
    }

    private static PolicyRun.Data mapped(PolicyRun.Data data, GroupValues.Mapping mapping) {
        return new PolicyRun.Data() {
            @Override
            public float[] weights(int layer, int elements) {
                return mapping.apply(data.weights(layer, elements));
            }

            @Override
            public float[] gradient(int layer, int elements, long step) {
                return mapping.apply(data.gradient(layer, elements, step));
            }
        };
    }

    /** Small array helpers. */
    private static final class GroupValues {
        private GroupValues() {}

        interface Mapping {
            float[] apply(float[] values);
        }

        static float[] negated(float[] values) {
            float[] negated = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                negated[i] = -values[i];
            }
            return negated;
        }

        /** Position k of every group takes what position order[k] held. */
        static float[] permuted(float[] values, int[] order) {
            float[] permuted = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                permuted[i] = values[i - i % order.length + order[i % order.length]];
            }
            return permuted;
        }

        static int[] permutation(int m, Random random) {
            int[] order = IntStream.range(0, m).toArray();
            for (int i = m - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
            return order;
        }
    }
}
