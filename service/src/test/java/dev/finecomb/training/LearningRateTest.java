package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.TestConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LearningRateTest {

    @Test
    void aConstantRateIsTheBaseForEver() {
        LearningRate rate = new LearningRate.Constant(0.3);
        assertThat(rate.at(0)).isEqualTo(0.3);
        assertThat(rate.at(Long.MAX_VALUE)).isEqualTo(0.3);
    }

    @Test
    void aCosineFallsFromBaseToFloorAndStaysThere() {
        LearningRate rate = new LearningRate.Cosine(1, 0.2, 100);
        assertThat(rate.at(0)).isEqualTo(1);
        assertThat(rate.at(50)).isCloseTo(0.6, within(1e-15));
        assertThat(rate.at(25)).isCloseTo(0.2 + 0.8 * 0.5 * (1 + Math.sqrt(0.5)), within(1e-15));
        assertThat(rate.at(100)).isEqualTo(0.2);
        assertThat(rate.at(1_000_000)).isEqualTo(0.2);
        for (long step = 1; step <= 100; step++) {
            assertThat(rate.at(step))
                    .as("step %d", step)
                    .isLessThan(rate.at(step - 1))
                    .isBetween(0.2, 1.0);
        }
    }

    @Test
    void stepsFallByGammaButNotBelowTheFloor() {
        LearningRate rate = new LearningRate.Step(1, 0.2, 10, 0.5);
        assertThat(rate.at(0)).isEqualTo(1);
        assertThat(rate.at(9)).isEqualTo(1);
        assertThat(rate.at(10)).isEqualTo(0.5);
        assertThat(rate.at(20)).isEqualTo(0.25);
        assertThat(rate.at(30)).isEqualTo(0.2);
        assertThat(rate.at(100_000)).isEqualTo(0.2);
    }

    @Test
    void aWarmUpRisesToTheBaseAndThenTheScheduleBegins() {
        LearningRate rate = new LearningRate.WarmUp(4, new LearningRate.Step(1, 0, 10, 0.5));
        assertThat(rate.at(0)).isEqualTo(0.25);
        assertThat(rate.at(1)).isEqualTo(0.5);
        assertThat(rate.at(3)).isEqualTo(1);
        assertThat(rate.at(4)).isEqualTo(1);
        assertThat(rate.at(13)).isEqualTo(1);
        assertThat(rate.at(14)).isEqualTo(0.5);
    }

    @Test
    void aConfiguredCosineReachesItsFloorAtTheTotalWarmUpIncluded() {
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(Path.of("model.pt"), Path.of(".")));
        settings.put("training.learning-rate.kind", "cosine");
        settings.put("training.learning-rate.warmup-steps", 10);
        settings.put("training.learning-rate.total-steps", 110);
        settings.put("training.learning-rate.floor", 0.01);
        LearningRate rate = TestRules.of(settings).learningRate();
        assertThat(rate.at(0)).isCloseTo(0.01, within(1e-12));
        assertThat(rate.at(9)).isEqualTo(0.1);
        assertThat(rate.at(10)).isEqualTo(0.1);
        assertThat(rate.at(60)).isCloseTo(0.055, within(1e-12));
        assertThat(rate.at(109)).isGreaterThan(0.01);
        assertThat(rate.at(110)).isEqualTo(0.01);
    }
}
