package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.sparsity.LayerMask;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The device form, on the host's own arrays, walks with the host form through whole jobs: removals, clipping, resuming. */
class DeviceFormTest {
    private static final String OPTIMIZER = "training.optimizer.";
    private static final String SCORE = "sparsity.score.";

    static Stream<Map<String, Object>> rules() {
        return Stream.of(
                Map.of(),
                Map.of("training.gradient-clip", 0.5, OPTIMIZER + "momentum", 0),
                Map.of(OPTIMIZER + "nesterov", true, SCORE + "momentum", 0.9, SCORE + "weight-decay", 0.01),
                Map.of(OPTIMIZER + "decoupled", true, SCORE + "momentum", 0.9, SCORE + "nesterov", true),
                Map.of(OPTIMIZER + "kind", "adamw", SCORE + "weight-decay", 0.01));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void walksWithTheHostForm(Map<String, Object> settings) throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        try (Trainer host = Trainers.of(golden, settings);
                Trainer device = Trainers.of(golden, settings, Trainers.Form.DEVICE)) {
            for (int step = 0; step < golden.steps(); step++) {
                var expected = Trainers.trained(host, golden.batch(step));
                var found = Trainers.trained(device, golden.batch(step));
                assertThat(found.loss()).as("loss of step %d", step).isCloseTo(expected.loss(), within(1e-5));
                assertThat(found.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-4));
                assertThat(found.accuracy()).isEqualTo(expected.accuracy());
                assertThat(found.removed()).isEqualTo(expected.removed());
            }
            assertThat(device.isRemovalComplete()).isTrue();
            for (String name : host.snapshot().byName().keySet()) {
                if (name.startsWith("parameter/") || name.startsWith("optimizer/")) {
                    assertThat(Trainers.floats(device.snapshot(), name))
                            .as(name)
                            .containsExactly(Trainers.floats(host.snapshot(), name), offset(2e-5f));
                }
            }
            deadWeightsArePlusZero(device);
        }
    }

    private static void deadWeightsArePlusZero(Trainer trainer) {
        List<LayerMask> masks = trainer.masks();
        for (int layer = 0; layer < masks.size(); layer++) {
            float[] w = Trainers.floats(
                    trainer.snapshot(),
                    "parameter/" + trainer.layers().get(layer).parameter());
            long dead = 0;
            for (float value : w) {
                dead += Float.floatToRawIntBits(value) == 0 ? 1 : 0;
            }
            assertThat(dead).isEqualTo(w.length - masks.get(layer).kept());
        }
    }

    @Test
    void goesOnFromASnapshotToTheSameBits() throws Exception {
        GoldenCase golden = Trainers.golden("cnn-2of4-bn");
        Map<String, Object> adamw = Map.of(OPTIMIZER + "kind", "adamw");
        int half = golden.steps() / 2;
        TrainerSnapshot middle;
        Map<String, String> end;
        try (Trainer whole = Trainers.of(golden, adamw, Trainers.Form.DEVICE)) {
            Trainers.train(whole, golden, half);
            middle = whole.snapshot();
            Trainers.train(whole, golden, 3);
            end = new TreeMap<>(Trainers.digest(whole.snapshot()));
        }
        try (Trainer second = Trainers.of(golden, adamw, Trainers.Form.DEVICE)) {
            Trainers.train(second, golden, 1);
            second.restore(middle);
            Trainers.train(second, golden, 3);
            assertThat(Trainers.digest(second.snapshot())).isEqualTo(end);
        }
    }
}
