package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Oracle 4: SGD on C scores per group, in float64 as the paper writes it, against one accumulator per weight. The learning rate changes
 * at every step; weights die and then have a zero product.
 */
class Oracle4BruteForceTest {
    private static final int GROUPS = 64;
    private static final int STEPS = 60;
    private static final int END = 50;

    @ParameterizedTest
    @CsvSource({
        "1:4,0,0,false",
        "2:4,0.9,0.001,false",
        "2:4,0.9,0.001,true",
        "2:4,0,0.01,false",
        "1:8,0.9,0,true",
        "4:8,0.9,0.0001,false",
        "2:16,0.5,0.0001,true"
    })
    void accumulatorsInFloat64ReproduceEveryScoreDifference(
            String name, double momentum, double weightDecay, boolean nesterov) {
        Sgd sgd = new Sgd(momentum, weightDecay, nesterov);
        Pattern pattern = Pattern.parse(name);
        BruteForceScores brute = new BruteForceScores(Combinations.of(pattern), GROUPS, sgd);
        RemovalSchedule schedule = RemovalSchedule.forLbc(pattern, 0, END, 3);
        AccumulatorsInDouble ours = new AccumulatorsInDouble(Combinations.of(pattern), sgd);
        for (int step = 0; step < STEPS; step++) {
            double[] w = masked(gaussians(-1 - step, pattern.m()), brute, pattern.m());
            double[] g = gaussians(step, pattern.m());
            int keep = schedule.survivorsAt(step);
            brute.retain(keep, w);
            ours.retain(keep, w);

            assertSameSurvivors(brute, ours.survivors);
            assertThat(largestDisagreement(brute, ours.a)).isLessThanOrEqualTo(1e-12);

            brute.update(product(g, masked(w, brute, pattern.m())), learningRate(step));
            ours.update(product(g, masked(w, brute, pattern.m())), learningRate(step));
        }
    }

    @ParameterizedTest
    @CsvSource({"2:4,0.9,0.001,false", "2:4,0.9,0.001,true", "1:8,0,0,false", "4:8,0.9,0.0001,false", "2:16,0.5,0,true"
    })
    void theFloatPolicyKeepsTheSameSurvivors(String name, float momentum, float weightDecay, boolean nesterov) {
        Pattern pattern = Pattern.parse(name);
        BruteForceScores brute =
                new BruteForceScores(Combinations.of(pattern), GROUPS, new Sgd(momentum, weightDecay, nesterov));
        LbcPolicy policy =
                PolicyRun.lbc(name, END, 1, List.of(PolicyRun.layer("w", pattern.m(), 8L, GROUPS / 8L * pattern.m())));
        SaliencyRule rule = new SaliencyRule(1, momentum, weightDecay, nesterov);
        try (HostSaliency saliency = new HostSaliency(rule, List.of((long) GROUPS * pattern.m()))) {
            for (int step = 0; step < STEPS; step++) {
                double[] w = masked(gaussians(-1 - step, pattern.m()), brute, pattern.m());
                float[] g = floats(gaussians(step, pattern.m()));
                brute.retain(policy.survivorsAt(step), w);
                policy.remove(step, List.of(new LayerValues(MemorySegment.ofArray(floats(w)), saliency.a(0))));

                assertSameSurvivors(brute, policy.survivorBits().getFirst());

                float[] alive = floats(masked(w, brute, pattern.m()));
                float learningRate = (float) learningRate(step);
                brute.update(product(doubles(g), doubles(alive)), learningRate);
                saliency.accumulate(0, MemorySegment.ofArray(alive), MemorySegment.ofArray(g), learningRate);
            }
        }
    }

    /** The scores' optimizer, in float64. */
    private record Sgd(double momentum, double weightDecay, boolean nesterov) {
        /** One parameter: {value, velocity} in place. */
        void update(double[] values, double[] velocities, int at, double gradient, double learningRate) {
            double d = gradient + weightDecay * values[at];
            velocities[at] = momentum * velocities[at] + d;
            values[at] -= learningRate * (nesterov ? d + momentum * velocities[at] : velocities[at]);
        }
    }

    /** The same recurrence per weight, ranked by the policy's own {@link GroupRanking}. */
    private static final class AccumulatorsInDouble {
        private final Sgd sgd;
        private final int m;
        private final double[] a;
        private final double[] b;
        private final Survivors survivors;
        private final GroupRanking ranking;

        AccumulatorsInDouble(Combinations combinations, Sgd sgd) {
            this.sgd = sgd;
            this.m = combinations.pattern().m();
            this.a = new double[GROUPS * m];
            this.b = new double[GROUPS * m];
            this.survivors = Survivors.all(GROUPS, combinations.count());
            this.ranking = new GroupRanking(new ChoiceTables(combinations.toBits(), m));
        }

        void update(double[] gradients, double learningRate) {
            for (int i = 0; i < a.length; i++) {
                sgd.update(a, b, i, gradients[i], learningRate);
            }
        }

        void retain(int keep, double[] w) {
            long[] low = new long[GROUPS];
            long[] high = new long[GROUPS];
            survivors.get(0, GROUPS, low, high);
            for (int group = 0; group < GROUPS; group++) {
                for (int k = 0; k < m; k++) {
                    ranking.saliency(k, a[group * m + k]);
                }
                ranking.retain(low[group], high[group], keep, group, (of, k) -> Math.abs(w[(int) of * m + k]));
                low[group] = ranking.stayLow();
                high[group] = ranking.stayHigh();
            }
            survivors.set(0, GROUPS, low, high);
        }
    }

    /** C scores per group with the authors' start value, each with its own momentum. */
    private static final class BruteForceScores {
        private final Combinations combinations;
        private final Sgd sgd;
        private final double[][] scores;
        private final double[][] velocities;
        private final boolean[][] alive;

        BruteForceScores(Combinations combinations, int groups, Sgd sgd) {
            this.combinations = combinations;
            this.sgd = sgd;
            int count = combinations.count();
            this.scores = new double[groups][count];
            this.velocities = new double[groups][count];
            this.alive = new boolean[groups][count];
            Pattern pattern = combinations.pattern();
            for (int group = 0; group < groups; group++) {
                Arrays.fill(scores[group], (double) pattern.m() / pattern.n() / count);
                Arrays.fill(alive[group], true);
            }
        }

        void update(double[] gradients, double learningRate) {
            for (int group = 0; group < scores.length; group++) {
                for (int j = 0; j < combinations.count(); j++) {
                    if (alive[group][j]) {
                        double sum = sum(gradients, group, j);
                        sgd.update(scores[group], velocities[group], j, sum, learningRate);
                    }
                }
            }
        }

        void retain(int keep, double[] w) {
            for (int group = 0; group < scores.length; group++) {
                int of = group;
                List<Integer> worst = IntStream.range(0, combinations.count())
                        .filter(j -> alive[of][j])
                        .boxed()
                        .sorted(Comparator.<Integer>comparingDouble(j -> scores[of][j])
                                .thenComparingDouble(j -> sum(absolute(w), of, j))
                                .thenComparing(Comparator.reverseOrder()))
                        .toList();
                worst.subList(0, Math.max(0, worst.size() - keep)).forEach(j -> alive[of][j] = false);
            }
        }

        boolean keeps(int group, int position) {
            return IntStream.range(0, combinations.count())
                    .anyMatch(j -> alive[group][j] && (combinations.bits(j) >>> position & 1) != 0);
        }

        double sum(double[] values, int group, int combination) {
            int m = combinations.pattern().m();
            double sum = 0;
            for (int k = 0; k < m; k++) {
                if ((combinations.bits(combination) >>> k & 1) != 0) {
                    sum += values[group * m + k];
                }
            }
            return sum;
        }
    }

    private static void assertSameSurvivors(BruteForceScores brute, Survivors survivors) {
        for (int group = 0; group < GROUPS; group++) {
            for (int j = 0; j < brute.combinations.count(); j++) {
                assertThat(survivors.alive(group, j))
                        .as("combination %d of group %d", j, group)
                        .isEqualTo(brute.alive[group][j]);
            }
        }
    }

    /** Scores and sums of accumulators differ by a constant per group; the largest deviation from that over all survivors. */
    private static double largestDisagreement(BruteForceScores brute, double[] a) {
        double largest = 0;
        for (int group = 0; group < GROUPS; group++) {
            double lowest = Double.POSITIVE_INFINITY;
            double highest = Double.NEGATIVE_INFINITY;
            for (int j = 0; j < brute.combinations.count(); j++) {
                if (brute.alive[group][j]) {
                    double constant = brute.scores[group][j] - brute.sum(a, group, j);
                    lowest = Math.min(lowest, constant);
                    highest = Math.max(highest, constant);
                }
            }
            largest = Math.max(largest, highest - lowest);
        }
        return largest;
    }

    private static double learningRate(int step) {
        return 0.05 * (1 + Math.cos(Math.PI * step / STEPS));
    }

    private static double[] masked(double[] w, BruteForceScores brute, int m) {
        double[] masked = new double[w.length];
        for (int i = 0; i < w.length; i++) {
            masked[i] = brute.keeps(i / m, i % m) ? w[i] : 0;
        }
        return masked;
    }

    private static double[] gaussians(long seed, int m) {
        return doubles(PolicyRun.gaussians(seed, GROUPS * m));
    }

    private static double[] product(double[] g, double[] w) {
        double[] product = new double[g.length];
        for (int i = 0; i < g.length; i++) {
            product[i] = g[i] * w[i];
        }
        return product;
    }

    private static double[] absolute(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
