package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupRankingTest {
    private static final List<String> PATTERNS =
            List.of("1:2", "1:4", "2:4", "3:4", "2:5", "3:7", "4:8", "2:8", "1:16", "2:16", "14:16", "15:16");

    private static final int ROUNDS = 800;

    /** How saliencies and weights are made up. */
    enum Values {
        /** Small integers tie all the time, in scores and in magnitudes; also -0.0. */
        TIED,
        /** All equal: the index alone decides. */
        EQUAL,
        /** Scores that differ in their last bits only. */
        CLOSE,
        /** Negative ones that differ in their last bits only. */
        CLOSE_BELOW_ZERO,
        /** The ends of float32, where the smaller part of a sum is rounded away. */
        EXTREME,
        /** Nothing ties. */
        GAUSSIAN;

        private double one(Random random) {
            return switch (this) {
                case TIED -> (random.nextBoolean() ? 1.0 : -1.0) * random.nextInt(3);
                case EQUAL -> -1.5;
                case CLOSE -> 1 + random.nextInt(3) * 0x1p-52;
                case CLOSE_BELOW_ZERO -> -1 - random.nextInt(300) * 0x1p-52;
                case EXTREME -> (random.nextBoolean() ? Float.MAX_VALUE : Float.MIN_VALUE) * (random.nextInt(5) - 2.0);
                case GAUSSIAN -> (float) random.nextGaussian();
            };
        }

        private double[] of(Random random, int count) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = one(random);
            }
            return values;
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheBestWhateverTies(Values values) {
        for (String name : PATTERNS) {
            Pattern pattern = Pattern.parse(name);
            int[] choices = Combinations.of(pattern).toBits();
            GroupRanking ranking = new GroupRanking(new ChoiceTables(choices, pattern.m()));
            Random random = new Random(pattern.m());
            for (int round = 0; round < ROUNDS; round++) {
                double[] saliency = values.of(random, pattern.m());
                double[] weights = values.of(random, pattern.m());
                List<Integer> alive = someOf(choices.length, random);
                int keep = random.nextBoolean() ? Math.max(1, alive.size() - 1) : 1 + random.nextInt(choices.length);
                for (int k = 0; k < pattern.m(); k++) {
                    ranking.saliency(k, saliency[k]);
                }

                ranking.retain(bits(alive, 0), bits(alive, 1), keep, round, (_, k) -> Math.abs(weights[k]));

                List<Integer> expected = SlowRanking.kept(choices, alive, saliency, weights, keep);
                assertThat(List.of(ranking.stayLow(), ranking.stayHigh()))
                        .as("%s, %d of %s", name, keep, alive)
                        .containsExactly(bits(expected, 0), bits(expected, 1));
            }
        }
    }

    private static List<Integer> someOf(int choices, Random random) {
        int odds = random.nextInt(1, 5);
        return IntStream.range(0, choices)
                .filter(choice -> choice == 0 || random.nextInt(odds) == 0)
                .boxed()
                .toList();
    }

    /** The choices of this word: 0 to 63 of word 0, those from 64 on of word 1. */
    private static long bits(List<Integer> choices, int word) {
        return choices.stream()
                .filter(choice -> choice / Long.SIZE == word)
                .mapToLong(choice -> 1L << choice)
                .sum();
    }
}
