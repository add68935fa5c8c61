package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.TestConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrainingRulesTest {

    private static TrainingRules rules(String name, Object value) {
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(Path.of("model.pt"), Path.of(".")));
        settings.put(name, value);
        return TestRules.of(settings);
    }

    @Test
    void gradientsWithinTheLimitAreLeftAlone() {
        TrainingRules rules = rules("training.gradient-clip", 2.0);
        assertThat(rules.clipScale(0)).isEqualTo(1);
        assertThat(rules.clipScale(1.999)).isEqualTo(1);
        assertThat(rules.clipScale(2)).isEqualTo(1);
    }

    @Test
    void gradientsBeyondTheLimitAreBroughtToIt() {
        TrainingRules rules = rules("training.gradient-clip", 2.0);
        for (double norm : new double[] {2.5, 4, 1e3, 1e18}) {
            assertThat(rules.clipScale(norm) * norm).as("norm %s", norm).isCloseTo(2, within(1e-5));
        }
    }

    @Test
    void withoutALimitNothingIsClipped() {
        assertThat(rules("training.gradient-clip", 0).clipScale(1e30)).isEqualTo(1);
    }

    @Test
    void aStepsSeedDependsOnJobAndStepOnly() {
        TrainingRules rules = rules("training.seed", 5);
        assertThat(rules.seedOf(17)).isEqualTo(rules("training.seed", 5).seedOf(17));
        Set<Integer> seeds = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            TrainingRules job = rules("training.seed", seed);
            for (long step = 0; step < 50; step++) {
                seeds.add(job.seedOf(step));
            }
        }
        assertThat(seeds).hasSize(1000);
    }
}
