package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.protocol.mask.Pattern;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle 1: the number of survivors over time. */
class Oracle1ScheduleTest {
    @Test
    void twoOfFourOverSixtySteps() {
        RemovalSchedule schedule = RemovalSchedule.forLbc(new Pattern(2, 4), 0, 60, 3);

        assertThat(schedule.removalSteps()).containsExactly(5L, 10L, 16L, 25L, 60L);
        assertThat(survivorsAt(schedule, 0, 5, 10, 16, 25, 60)).containsExactly(6, 5, 4, 3, 2, 1);
        assertThat(survivorsAt(schedule, 4, 9, 15, 24, 59)).containsExactly(6, 5, 4, 3, 2);
    }

    @Test
    void oneOfEightOverSixtySteps() {
        RemovalSchedule schedule = RemovalSchedule.forLbc(new Pattern(1, 8), 0, 60, 3);

        assertThat(schedule.removalSteps()).containsExactly(4L, 7L, 11L, 15L, 21L, 29L, 60L);
        assertThat(survivorsAt(schedule, 0, 4, 7, 11, 15, 21, 29, 60)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
    }

    @Test
    void isExactWhereFloatingPointIsOffByOne() {
        // 27 * (40 / 60)^3 is 8 exactly.
        assertThat(RemovalSchedule.forLbc(new Pattern(2, 8), 0, 60, 3).survivorsAt(20))
                .isEqualTo(9);
    }

    @Test
    void holdsAllUntilTheStartAndOneFromTheEnd() {
        RemovalSchedule schedule = new RemovalSchedule(6, 10, 50, 3);

        assertThat(survivorsAt(schedule, 0, 9, 10)).containsOnly(6);
        assertThat(survivorsAt(schedule, 50, 51, Long.MAX_VALUE)).containsOnly(1);
    }

    @Test
    void severalFallAtOnceInAShortWindow() {
        RemovalSchedule schedule = new RemovalSchedule(70, 3, 5, 3);

        // 1 + ceil(69 / 8) at step 4.
        assertThat(schedule.removalSteps()).containsExactly(4L, 5L);
        assertThat(survivorsAt(schedule, 3, 4, 5)).containsExactly(70, 10, 1);
        assertThat(new RemovalSchedule(70, 3, 4, 3).removalSteps()).containsExactly(4L);
    }

    @Test
    void oneCombinationIsNeverRemoved() {
        assertThat(new RemovalSchedule(1, 0, 10, 3).removalSteps()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 60, 10_007, 3_000_000_019L, Long.MAX_VALUE - 5})
    void isTheCeilingOfTheRampForAnyWindow(long window) {
        Random random = new Random(window);
        for (int round = 0; round < 200; round++) {
            int exponent = 1 + random.nextInt(RemovalSchedule.LARGEST_EXPONENT);
            RemovalSchedule schedule = new RemovalSchedule(1 + random.nextInt(128), 5, 5 + window, exponent);
            long step = 5 + random.nextLong(window);
            BigInteger survivors = BigInteger.valueOf(schedule.survivorsAt(step) - 1L);
            BigInteger whole = BigInteger.valueOf(window).pow(exponent);
            BigInteger ramp = BigInteger.valueOf(5 + window - step)
                    .pow(exponent)
                    .multiply(BigInteger.valueOf(schedule.combinations() - 1L));

            assertThat(survivors.multiply(whole)).isGreaterThanOrEqualTo(ramp);
            assertThat(survivors.subtract(BigInteger.ONE).multiply(whole)).isLessThan(ramp.max(BigInteger.ONE));
        }
    }

    @ParameterizedTest
    @CsvSource({"6,0,60,3", "70,5,80,3", "120,7,100,1", "128,0,40,5", "8,0,1,2"})
    void neverGrowsAndFallsExactlyAtTheRemovalSteps(int combinations, long start, long end, int exponent) {
        RemovalSchedule schedule = new RemovalSchedule(combinations, start, end, exponent);
        List<Long> falls = new ArrayList<>();
        for (long step = 1; step <= end + 3; step++) {
            assertThat(schedule.survivorsAt(step)).isLessThanOrEqualTo(schedule.survivorsAt(step - 1));
            if (schedule.survivorsAt(step) < schedule.survivorsAt(step - 1)) {
                falls.add(step);
            }
        }

        assertThat(schedule.removalSteps()).isEqualTo(falls);
    }

    @Test
    void findsTheRemovalStepsOfAVastWindow() {
        RemovalSchedule schedule = new RemovalSchedule(6, 0, Long.MAX_VALUE, 3);

        assertThat(schedule.removalSteps()).hasSize(5).isSorted().endsWith(Long.MAX_VALUE);
        for (long step : schedule.removalSteps()) {
            assertThat(schedule.survivorsAt(step)).isEqualTo(schedule.survivorsAt(step - 1) - 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,60,3,combinations is 0",
        "6,-1,60,3,start step is -1",
        "6,10,10,3,end step is 10",
        "6,10,9,3,later than its start step 10",
        "6,0,60,0,exponent is 0",
        "6,0,60,33,exponent is 33"
    })
    void refusesImpossibleWindows(int combinations, long start, long end, int exponent, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RemovalSchedule(combinations, start, end, exponent))
                .withMessageContaining(message);
    }

    private static int[] survivorsAt(RemovalSchedule schedule, long... steps) {
        int[] survivors = new int[steps.length];
        for (int i = 0; i < steps.length; i++) {
            survivors[i] = schedule.survivorsAt(steps[i]);
        }
        return survivors;
    }
}
