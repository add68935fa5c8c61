package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Oracle 7: one group by hand, ties included. */
class Oracle7WorkedExampleTest {
    private static final float[] WEIGHTS = {1, -2, 3, 4};
    private static final float[] GRADIENT = {.5f, .25f, -1, .125f};

    private static final int C01 = 0;
    private static final int C02 = 1;
    private static final int C03 = 2;
    private static final int C12 = 3;
    private static final int C13 = 4;
    private static final int C23 = 5;

    @Test
    void moreNegativeGradientTimesWeightGainsScore() {
        try (HostSaliency saliency = accumulated()) {
            double[] a = new double[4];
            for (int k = 0; k < 4; k++) {
                a[k] = saliency.a(0).getAtIndex(ValueLayout.JAVA_FLOAT, k);
            }

            assertThat(a).containsExactly(new double[] {-.05, .05, .3, -.05}, within(1e-7));
            assertThat(new double[] {a[0] + a[1], a[0] + a[2], a[0] + a[3], a[1] + a[2], a[1] + a[3], a[2] + a[3]})
                    .containsExactly(new double[] {0, .25, -.1, .35, 0, .25}, within(1e-7));
        }
    }

    @Test
    void combinationsGoInTheOrderWorkedOutByHand() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 60, 1, List.of(PolicyRun.layer("w", 4, 1L, 4L)));
        List<Integer> removed = new ArrayList<>();
        try (HostSaliency saliency = accumulated()) {
            for (long step : new long[] {5, 10, 16, 25, 60}) {
                Survivors before = policy.survivorBits().getFirst();
                policy.remove(step, List.of(new LayerValues(MemorySegment.ofArray(WEIGHTS), saliency.a(0))));
                removed.add(onlyDifference(before, policy.survivorBits().getFirst()));
                if (removed.size() == 4) {
                    assertThat(policy.masks().getFirst().group(0))
                            .as("12 and 23 survive")
                            .isEqualTo(0b1110);
                }
            }
        }

        assertThat(removed).containsExactly(C03, C01, C13, C02, C23);
        assertThat(policy.survivorBits().getFirst().alive(0, C12)).isTrue();
        assertThat(policy.masks().getFirst().bits()).containsExactly(0b0110);
        assertThat(policy.complete()).isTrue();
    }

    @Test
    void ofEqualScoresAndMagnitudesTheLowerIndexStays() {
        LbcPolicy policy = PolicyRun.lbc("2:4", 1, 1, List.of(PolicyRun.layer("w", 4, 1L, 4L)));

        policy.remove(
                1,
                List.of(new LayerValues(
                        MemorySegment.ofArray(new float[] {1, -1, 1, -1}), MemorySegment.ofArray(new float[4]))));

        assertThat(policy.masks().getFirst().bits()).containsExactly(0b0011);
    }

    private static HostSaliency accumulated() {
        HostSaliency saliency = new HostSaliency(new SaliencyRule(.1f, 0, 0), List.of(4L));
        saliency.accumulate(0, MemorySegment.ofArray(WEIGHTS), MemorySegment.ofArray(GRADIENT));
        return saliency;
    }

    private static int onlyDifference(Survivors before, Survivors after) {
        List<Integer> gone = new ArrayList<>();
        for (int combination = 0; combination < 6; combination++) {
            if (before.alive(0, combination) && !after.alive(0, combination)) {
                gone.add(combination);
            }
        }
        assertThat(gone).hasSize(1);
        return gone.getFirst();
    }
}
