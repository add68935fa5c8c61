package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another base rate in the middle of the training. */
class BaseRateTest {
    private static final Map<String, Object> COSINE = Map.of(
            "training.learning-rate.kind",
            "cosine",
            "training.learning-rate.base",
            0.2,
            "training.learning-rate.warmup-steps",
            4,
            "training.learning-rate.total-steps",
            24);
    private static final LearningRate CONFIGURED = new LearningRate.WarmUp(4, new LearningRate.Cosine(0.2, 0, 20));

    @Test
    void theScheduleGoesOnInProportion() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        try (Trainer trainer = Trainers.of(golden, COSINE)) {
            for (long step = 0; step < 12; step++) {
                if (step == 3) {
                    trainer.setBaseRate(0.05);
                }
                double factor = step < 3 ? 1 : 0.05 / 0.2;
                assertThat(Trainers.trained(trainer, Trainers.batch(golden, step))
                                .learningRate())
                        .isEqualTo(CONFIGURED.at(step) * factor);
            }
        }
    }

    @Test
    void theConfiguredBaseChangesNoBitAndAnotherGoesOnAlikeAfterARestore() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        TrainerSnapshot cut;
        Map<String, String> slower;
        try (Trainer trainer = Trainers.of(golden, COSINE)) {
            Trainers.train(trainer, golden, 5);
            cut = trainer.snapshot();
            trainer.setBaseRate(0.05);
            Trainers.train(trainer, golden, 5);
            slower = Trainers.digest(trainer.snapshot());
        }
        try (Trainer trainer = Trainers.of(golden, COSINE);
                Trainer plain = Trainers.of(golden, COSINE)) {
            trainer.restore(cut);
            trainer.setBaseRate(0.05);
            Trainers.train(trainer, golden, 5);
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(slower);

            trainer.restore(cut);
            trainer.setBaseRate(0.2);
            Trainers.train(trainer, golden, 5);
            Trainers.train(plain, golden, 10);
            assertThat(Trainers.digest(trainer.snapshot()))
                    .isEqualTo(Trainers.digest(plain.snapshot()))
                    .isNotEqualTo(slower);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1e-60, 1e40, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateBeyondTheWeightsTypeIsRefusedAndChangesNothing(double base) throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        try (Trainer trainer = Trainers.of(golden, COSINE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> trainer.setBaseRate(base))
                    .withMessageContaining("configured 0.2");
            assertThat(Trainers.trained(trainer, Trainers.batch(golden, 0)).learningRate())
                    .isEqualTo(CONFIGURED.at(0));
        }
    }
}
