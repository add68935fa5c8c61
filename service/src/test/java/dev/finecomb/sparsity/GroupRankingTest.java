package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupRankingTest {
    /** Small integers tie all the time, in scores and in magnitudes. */
    @ParameterizedTest
    @ValueSource(strings = {"1:4", "2:4", "4:8", "2:16", "15:16"})
    void keepsTheBestWhateverTies(String name) {
        Pattern pattern = Pattern.parse(name);
        int[] choices = Combinations.of(pattern).toBits();
        GroupRanking ranking = new GroupRanking(choices, pattern.m());
        Random random = new Random(pattern.m());
        for (int round = 0; round < 300; round++) {
            Survivors survivors = Survivors.all(3, choices.length);
            for (int choice = 0; choice < choices.length; choice++) {
                if (random.nextInt(4) == 0) {
                    survivors.remove(1, choice);
                }
            }
            for (int k = 0; k < pattern.m(); k++) {
                ranking.saliency[k] = random.nextInt(-2, 3);
                ranking.magnitude[k] = random.nextInt(3);
            }
            int keep = 1 + random.nextInt(choices.length);
            List<Integer> expected = best(ranking, choices, survivors, keep);

            ranking.retain(survivors, 1, keep);

            assertThat(alive(survivors)).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(survivors.count(0)).as("other groups").isEqualTo(choices.length);
            assertThat(survivors.count(2)).as("other groups").isEqualTo(choices.length);
        }
    }

    private static List<Integer> best(GroupRanking ranking, int[] choices, Survivors survivors, int keep) {
        return alive(survivors).stream()
                .sorted(Comparator.<Integer>comparingDouble(choice -> -sum(choices[choice], ranking.saliency))
                        .thenComparingDouble(choice -> -sum(choices[choice], ranking.magnitude))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(keep)
                .toList();
    }

    private static List<Integer> alive(Survivors survivors) {
        return IntStream.range(0, survivors.choices())
                .filter(choice -> survivors.alive(1, choice))
                .boxed()
                .toList();
    }

    private static double sum(int choice, double[] values) {
        return IntStream.range(0, values.length)
                .filter(k -> (choice >>> k & 1) != 0)
                .mapToDouble(k -> values[k])
                .sum();
    }
}
