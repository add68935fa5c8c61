package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** What holds of a policy's survivors and masks at every moment. */
final class SparsityInvariants {
    private SparsityInvariants() {}

    /** Every group has the same number of survivors, and the mask is their union. */
    static void maskIsTheUnionOfSurvivors(LbcPolicy policy, Combinations combinations) {
        for (int i = 0; i < policy.masks().size(); i++) {
            Survivors survivors = policy.survivorBits().get(i);
            LayerMask mask = policy.masks().get(i);
            long kept = 0;
            for (long group = 0; group < survivors.groups(); group++) {
                int union = 0;
                int count = 0;
                for (int combination = 0; combination < combinations.count(); combination++) {
                    if (survivors.alive(group, combination)) {
                        union |= combinations.bits(combination);
                        count++;
                    }
                }
                assertThat(count).as("survivors of group %d", group).isEqualTo(policy.survivors());
                assertThat(survivors.count(group)).isEqualTo(count);
                assertThat(mask.group(group)).as("mask of group %d", group).isEqualTo(union);
                kept += Integer.bitCount(union);
            }
            assertThat(mask.kept()).isEqualTo(kept);
        }
    }

    /** What was removed stays removed. */
    static void nested(List<Survivors> before, List<Survivors> after) {
        for (int i = 0; i < before.size(); i++) {
            for (long group = 0; group < before.get(i).groups(); group++) {
                for (int choice = 0; choice < before.get(i).choices(); choice++) {
                    assertThat(after.get(i).alive(group, choice)
                                    && !before.get(i).alive(group, choice))
                            .as("choice %d of group %d came back", choice, group)
                            .isFalse();
                }
            }
        }
    }

    /** Exactly n of every group are kept. */
    static void exactly(int n, LayerMask mask) {
        for (long group = 0; group < mask.layout().groups(); group++) {
            assertThat(Integer.bitCount(mask.group(group)))
                    .as("kept in group %d", group)
                    .isEqualTo(n);
        }
    }
}
