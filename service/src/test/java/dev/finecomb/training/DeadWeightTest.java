package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.sparsity.LayerMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Oracle 9 on the real engine: a thousand steps after the last removal, dead is dead to the bit. */
class DeadWeightTest {
    private static final int REMOVAL = 12;

    static Stream<Arguments> runs() {
        Map<String, Object> momentum = Map.of("training.optimizer.weight-decay", 0.01);
        Map<String, Object> adamw = Map.of("training.optimizer.kind", "adamw", "training.optimizer.weight-decay", 0.05);
        return Stream.of(
                Arguments.of("mlp-2of4", momentum, Trainers.Form.HOST),
                Arguments.of("mlp-2of4", momentum, Trainers.Form.DEVICE),
                Arguments.of("mlp-2of4", adamw, Trainers.Form.HOST),
                Arguments.of("mlp-2of4", adamw, Trainers.Form.DEVICE),
                Arguments.of("cnn-2of4-bn", adamw, Trainers.Form.HOST),
                Arguments.of(
                        "cnn-2of4-bn",
                        Map.of("training.optimizer.momentum", 0.9, "training.optimizer.weight-decay", 0.01),
                        Trainers.Form.DEVICE));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("runs")
    void deadWeightsAndTheirOptimizerStateStayPlusZero(String name, Map<String, Object> optimizer, Trainers.Form form)
            throws Exception {
        GoldenCase golden = Trainers.golden(name);
        Map<String, Object> settings = new TreeMap<>(optimizer);
        settings.put("sparsity.removal-start", 0);
        settings.put("sparsity.removal-end", REMOVAL);
        settings.put("training.learning-rate.base", 0.01);
        try (Trainer trainer = Trainers.of(golden, settings, form)) {
            Trainers.train(trainer, golden, REMOVAL);
            assertThat(trainer.isRemovalComplete()).isTrue();
            assertThat(trainer.density()).isEqualTo(0.5);
            Map<String, String> saliencies = saliencies(trainer);
            List<byte[]> masks =
                    trainer.masks().stream().map(DeadWeightTest::bits).toList();
            for (int step = 0; step < 1000; step++) {
                Trainers.trained(trainer, Trainers.first(Trainers.batch(golden, trainer.step()), 4));
            }
            TrainerSnapshot after = trainer.snapshot();
            for (int layer = 0; layer < masks.size(); layer++) {
                String parameter = trainer.layers().get(layer).parameter();
                for (String array : arrays(after, parameter)) {
                    assertDead(Trainers.floats(after, array), masks.get(layer), array);
                }
                assertThat(bits(trainer.masks().get(layer))).isEqualTo(masks.get(layer));
            }
            assertThat(saliencies(trainer)).as("frozen saliencies").isEqualTo(saliencies);
        }
    }

    private static byte[] bits(LayerMask mask) {
        BitSet bits = new BitSet();
        for (int i = 0; i < mask.elements(); i++) {
            bits.set(i, mask.keeps(i));
        }
        return Arrays.copyOf(bits.toByteArray(), (int) (mask.elements() + 7) / 8);
    }

    private static List<String> arrays(TrainerSnapshot snapshot, String parameter) {
        List<String> arrays = new ArrayList<>();
        snapshot.byName().keySet().stream()
                .filter(name -> name.equals("parameter/" + parameter)
                        || (name.startsWith("optimizer/") && name.endsWith("/" + parameter)))
                .forEach(arrays::add);
        assertThat(arrays).hasSizeGreaterThan(1);
        return arrays;
    }

    private static void assertDead(float[] values, byte[] mask, String array) {
        int alive = 0;
        for (int i = 0; i < values.length; i++) {
            if ((mask[i >> 3] >> (i & 7) & 1) != 0) {
                alive += values[i] != 0 ? 1 : 0;
            } else if (Float.floatToRawIntBits(values[i]) != 0) {
                throw new AssertionError(array + "[" + i + "] is " + values[i] + " though dead");
            }
        }
        assertThat(alive).as("living values of %s", array).isGreaterThan(values.length / 4);
    }

    private static Map<String, String> saliencies(Trainer trainer) {
        Map<String, String> digests = Trainers.digest(trainer.snapshot());
        digests.keySet().removeIf(name -> !name.startsWith("saliency"));
        assertThat(digests).isNotEmpty();
        return digests;
    }
}
