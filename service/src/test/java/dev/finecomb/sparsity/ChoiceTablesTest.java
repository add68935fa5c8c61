package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceTablesTest {
    /** Numbers whose sums round differently in another order. */
    @ParameterizedTest
    @ValueSource(strings = {"1:2", "1:16", "2:4", "3:7", "4:8", "2:16", "14:16"})
    void addsFromTheLowestPositionToTheHighest(String name) {
        Pattern pattern = Pattern.parse(name);
        int[] choices = Combinations.of(pattern).toBits();
        ChoiceTables tables = new ChoiceTables(choices, pattern.m());
        Random random = new Random(1);
        double[] sums = tables.newSums();
        for (int k = 0; k < pattern.m(); k++) {
            sums[1 + k] = random.nextGaussian() * Math.pow(10, random.nextInt(20));
        }
        tables.extend(sums);

        for (int choice = 0; choice < choices.length; choice++) {
            double expected = 0;
            for (int k = 0; k < pattern.m(); k++) {
                expected += (choices[choice] >>> k & 1) != 0 ? sums[1 + k] : 0;
            }
            assertThat(tables.sum(choice, sums)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1:2", "1:16", "2:4", "3:7", "4:8", "2:16", "14:16"})
    void unitesWhateverIsAlive(String name) {
        Pattern pattern = Pattern.parse(name);
        int[] choices = Combinations.of(pattern).toBits();
        ChoiceTables tables = new ChoiceTables(choices, pattern.m());
        Random random = new Random(2);
        for (int round = 0; round < 500; round++) {
            int odds = 1 + random.nextInt(choices.length);
            List<Integer> alive = new ArrayList<>();
            long low = 0;
            long high = 0;
            for (int choice = 0; choice < choices.length; choice++) {
                if (random.nextInt(odds) == 0) {
                    alive.add(choice);
                    low |= choice < Long.SIZE ? 1L << choice : 0;
                    high |= choice < Long.SIZE ? 0 : 1L << choice;
                }
            }

            assertThat(tables.union(low, high)).isEqualTo(SlowRanking.union(choices, alive));
        }
    }
}
