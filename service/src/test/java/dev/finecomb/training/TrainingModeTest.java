package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.protocol.batch.TrainingBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Batch norm and dropout do what they do in training, and chance is a function of job seed and step. */
class TrainingModeTest {

    @Test
    void batchNormKeepsItsStatistics() throws Exception {
        GoldenCase golden = Trainers.golden("cnn-2of4-bn");
        try (Trainer trainer = Trainers.of(golden)) {
            TrainerSnapshot before = trainer.snapshot();
            Trainers.train(trainer, golden, 3);
            TrainerSnapshot after = trainer.snapshot();
            for (String buffer : List.of("buffer/bn1.running_mean", "buffer/bn1.running_var")) {
                assertThat(Trainers.floats(after, buffer)).isNotEqualTo(Trainers.floats(before, buffer));
            }
            assertThat(after.byName().get("buffer/bn1.num_batches_tracked"))
                    .extracting(tensor -> tensor.data().duplicate().get(0))
                    .isEqualTo((byte) 3);
        }
    }

    @Test
    void dropoutDropsByJobSeedAndStep() throws Exception {
        TrainingBatch batch = Trainers.random(1, 8, 16L, 16L);
        // Too small a rate to move a weight, so that only chance differs between steps.
        Map<String, Object> still = Map.of("training.learning-rate.base", 1e-30, "training.seed", 5);
        List<Double> losses = losses("dropout.pt", still, batch, 6);
        assertThat(new HashSet<>(losses))
                .as("losses of one batch at %s", losses)
                .hasSize(6);
        assertThat(losses("dropout.pt", still, batch, 6)).isEqualTo(losses);
        Map<String, Object> otherSeed = Map.of("training.learning-rate.base", 1e-30, "training.seed", 6);
        assertThat(losses("dropout.pt", otherSeed, batch, 6)).doesNotContainAnyElementsOf(losses);
    }

    private static List<Double> losses(String module, Map<String, Object> settings, TrainingBatch batch, int steps)
            throws Exception {
        try (Trainer trainer = Trainers.of(module, settings)) {
            List<Double> losses = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                losses.add(Trainers.trained(trainer, batch).loss());
            }
            return losses;
        }
    }

    @Test
    void dropoutGoesOnWhereItStoodAfterARestart() throws Exception {
        TrainerSnapshot cut;
        Map<String, String> uninterrupted;
        try (Trainer trainer = Trainers.of("dropout.pt", Map.of())) {
            train(trainer, 10);
            cut = trainer.snapshot();
            train(trainer, 10);
            uninterrupted = Trainers.digest(trainer.snapshot());
        }
        try (Trainer trainer = Trainers.of("dropout.pt", Map.of())) {
            trainer.restore(cut);
            train(trainer, 10);
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(uninterrupted);
        }
    }

    private static void train(Trainer trainer, int steps) {
        for (int i = 0; i < steps; i++) {
            Trainers.trained(trainer, Trainers.random(trainer.step(), 8, 16L, 16L));
        }
    }

    /** One plain step of descent: the clipped one walks the same way, as far as the limit allows. */
    @Test
    void clippingShortensTheStepAndReportsTheNormBefore() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        Map<String, Object> plain = Map.of("training.optimizer.momentum", 0, "training.optimizer.weight-decay", 0);
        Map<String, Object> clipped = Map.of(
                "training.optimizer.momentum", 0, "training.optimizer.weight-decay", 0, "training.gradient-clip", 0.01);
        for (Trainers.Form form : Trainers.Form.values()) {
            try (Trainer free = Trainers.of(golden, plain, form);
                    Trainer bound = Trainers.of(golden, clipped, form)) {
                float[] start = Trainers.floats(free.snapshot(), "parameter/fc1.weight");
                StepResult.Trained step = Trainers.trained(free, golden.batch(0));
                double squares = 0;
                for (String name : free.snapshot().byName().keySet()) {
                    if (name.startsWith("parameter/")) {
                        squares += squares(Trainers.of(golden, plain, form), free, name);
                    }
                }
                assertThat(step.gradientNorm())
                        .isGreaterThan(0.01)
                        .isCloseTo(Math.sqrt(squares) / step.learningRate(), within(1e-5));
                assertThat(Trainers.trained(bound, golden.batch(0)).gradientNorm())
                        .isEqualTo(step.gradientNorm());
                float share = (float) (0.01 / step.gradientNorm());
                float[] full = Trainers.floats(free.snapshot(), "parameter/fc1.weight");
                float[] expected = start.clone();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += share * (full[i] - start[i]);
                }
                assertThat(Trainers.floats(bound.snapshot(), "parameter/fc1.weight"))
                        .containsExactly(expected, offset(1e-6f));
            }
        }
    }

    private static double squares(Trainer fresh, Trainer stepped, String name) {
        try (fresh) {
            float[] before = Trainers.floats(fresh.snapshot(), name);
            float[] after = Trainers.floats(stepped.snapshot(), name);
            double sum = 0;
            for (int i = 0; i < before.length; i++) {
                sum += ((double) after[i] - before[i]) * ((double) after[i] - before[i]);
            }
            return sum;
        }
    }
}
