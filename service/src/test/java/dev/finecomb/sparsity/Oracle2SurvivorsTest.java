package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.Pattern;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle 2: survivors per group follow the schedule, nested over time; the mask is their union; in the end exactly N bits. */
class Oracle2SurvivorsTest {
    @ParameterizedTest
    @ValueSource(strings = {"1:2", "1:4", "2:4", "1:8", "4:8", "2:16", "15:16"})
    void followTheScheduleNestedOverTime(String name) {
        Pattern pattern = Pattern.parse(name);
        Combinations combinations = Combinations.of(pattern);
        LbcPolicy policy = PolicyRun.lbc(name, 40, 1, PolicyRun.layers(pattern.m()));
        try (PolicyRun run = new PolicyRun(policy, new SaliencyRule(0.1f, 0.9f, 1e-4f), PolicyRun.Data.random(7))) {
            List<Survivors> before = policy.survivorBits();
            for (long step = 0; step < 44; step++) {
                run.step(step);

                assertThat(policy.survivors()).isEqualTo(policy.survivorsAt(step));
                assertThat(policy.complete()).isEqualTo(step >= 40);
                SparsityInvariants.maskIsTheUnionOfSurvivors(policy, combinations);
                SparsityInvariants.nested(before, policy.survivorBits());
                before = policy.survivorBits();
            }
        }
        policy.masks().forEach(mask -> SparsityInvariants.exactly(pattern.n(), mask));
    }
}
