package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearPolicyTest {
    @ParameterizedTest
    @ValueSource(strings = {"1:2", "1:4", "1:8", "1:16"})
    void equalsLbcWhenOneIsKept(String pattern) {
        int m = Integer.parseInt(pattern.substring(2));
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 1e-4f);
        try (PolicyRun exact = new PolicyRun(
                        PolicyRun.lbc(pattern, 40, 1, PolicyRun.layers(m)), rule, PolicyRun.Data.random(21));
                PolicyRun linear = new PolicyRun(
                        PolicyRun.linear(pattern, 40, 1, PolicyRun.layers(m)), rule, PolicyRun.Data.random(21))) {
            for (long step = 0; step < 42; step++) {
                exact.step(step);
                linear.step(step);

                assertThat(linear.policy().survivorsAt(step))
                        .isEqualTo(exact.policy().survivorsAt(step));
                assertThat(linear.policy().masks()).isEqualTo(exact.policy().masks());
            }
            assertThat(linear.policy().complete()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2:4", "8:16", "3:5", "15:16"})
    void keepsTheScheduledPositionsNestedDownToN(String name) {
        Pattern pattern = Pattern.parse(name);
        LinearPolicy policy = PolicyRun.linear(name, 40, 1, PolicyRun.layers(pattern.m()));
        try (PolicyRun run = new PolicyRun(policy, new SaliencyRule(0.1f, 0.9f, 0), PolicyRun.Data.random(22))) {
            for (long step = 0; step < 42; step++) {
                List<LayerMask> before = policy.masks();
                run.step(step);

                assertThat(policy.survivors()).isEqualTo(policy.survivorsAt(step));
                for (int i = 0; i < before.size(); i++) {
                    SparsityInvariants.exactly(
                            policy.survivors(), policy.masks().get(i));
                    for (long group = 0; group < before.get(i).layout().groups(); group++) {
                        assertThat(policy.masks().get(i).group(group)
                                        & ~before.get(i).group(group))
                                .isZero();
                    }
                }
            }
        }
        assertThat(policy.survivors()).isEqualTo(pattern.n());
        assertThat(policy.complete()).isTrue();
    }

    @Test
    void followsTheSameCubicRampFromMToN() {
        LinearPolicy policy = PolicyRun.linear("8:16", 60, 1, PolicyRun.layers(16));
        List<Integer> survivors = new ArrayList<>();
        for (long step : new long[] {0, 20, 30, 59, 60}) {
            survivors.add(policy.survivorsAt(step));
        }

        // 8 + ceil(8 * (left / 60)^3)
        assertThat(survivors).containsExactly(16, 11, 9, 9, 8);
    }

    @Test
    void keepsTheMostSalientThenTheHeavierThenTheFirst() {
        LinearPolicy policy = PolicyRun.linear("2:4", 1, 1, List.of(PolicyRun.layer("w", 4, 3L, 4L)));
        float[] w = {1, 1, 1, 1, 1, -3, 2, 1, 1, 1, 1, 1};
        float[] a = {-1, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

        policy.remove(1, List.of(new LayerValues(MemorySegment.ofArray(w), MemorySegment.ofArray(a))));

        LayerMask mask = policy.masks().getFirst();
        assertThat(new int[] {mask.group(0), mask.group(1), mask.group(2)}).containsExactly(0b1010, 0b0110, 0b0011);
    }

    @Test
    void refusesTheScheduleOfAnotherPattern() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LinearPolicy(
                        new Pattern(2, 4), new RemovalSchedule(6, 0, 10, 3), List.of(), new Workers(1)))
                .withMessageContainingAll("2:4", "from 3", "from 6");
    }
}
