package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Oracle 8: the trainer on the real engine walks the trajectories that the paper authors' own code computed in float64.
 * System property {@code golden.dir} names another folder of cases.
 */
class GoldenTrajectoryTest {
    private static final double LOSS_TOLERANCE = 1e-5;
    private static final double WEIGHT_TOLERANCE = 1e-5;
    private static final double DIFFERING_GROUPS = 0.001;

    static Stream<Path> cases() throws IOException {
        Path root = Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));
        try (Stream<Path> folders = Files.list(root)) {
            List<Path> found = folders.filter(folder -> Files.exists(folder.resolve("case.json")))
                    .sorted()
                    .toList();
            assertThat(found).as("golden cases below %s", root.toAbsolutePath()).isNotEmpty();
            return found.stream();
        }
    }

    static Stream<Arguments> casesInBothForms() throws IOException {
        return cases().flatMap(folder -> Stream.of(Trainers.Form.values()).map(form -> Arguments.of(folder, form)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("casesInBothForms")
    void followsTheOriginal(Path folder, Trainers.Form form) throws Exception {
        GoldenCase golden = GoldenCase.read(folder);
        try (Trainer trainer = Trainers.of(golden, Map.of(), form)) {
            List<String> sparse =
                    trainer.layers().stream().map(SparseLayer::parameter).toList();
            assertThat(sparse)
                    .containsExactlyElementsOf(golden.sparseLayers().stream()
                            .map(layer -> layer + ".weight")
                            .toList());
            double[] losses = golden.doubles("loss");
            for (int step = 0; step < golden.steps(); step++) {
                compareMasks(golden, trainer, sparse, step);
                assertThat(trainer.survivors()).as("survivors at step %d", step).isEqualTo(golden.survivors(step));
                StepResult result = trainer.step(golden.batch(step));
                assertThat(result).isInstanceOf(StepResult.Trained.class);
                assertThat(((StepResult.Trained) result).loss())
                        .as("loss of step %d", step)
                        .isCloseTo(losses[step], within(LOSS_TOLERANCE));
            }
            compareWeights(golden, trainer);
        }
    }

    private static void compareMasks(GoldenCase golden, Trainer trainer, List<String> sparse, int step) {
        for (int layer = 0; layer < sparse.size(); layer++) {
            String name = "mask." + sparse.get(layer).replace(".weight", "") + "." + step;
            if (!golden.expected().containsKey(name)) {
                continue;
            }
            byte[] expected = golden.bytes(name);
            LayerMask mask = trainer.masks().get(layer);
            long differing = 0;
            for (long group = 0; group < mask.layout().groups(); group++) {
                int bits = 0;
                for (int k = 0; k < mask.layout().m(); k++) {
                    long index = mask.layout().weightIndex(group * mask.layout().m() + k);
                    bits |= expected[(int) index] << k;
                }
                differing += bits == mask.group(group) ? 0 : 1;
            }
            assertThat((double) differing / mask.layout().groups())
                    .as("share of differing groups in %s", name)
                    .isLessThanOrEqualTo(DIFFERING_GROUPS);
        }
    }

    private static void compareWeights(GoldenCase golden, Trainer trainer) {
        Map<String, Tensor> state = trainer.snapshot().byName();
        for (String name : golden.expected().keySet()) {
            if (name.startsWith("weight.")) {
                compare(golden.doubles(name), require(state, name.substring(7) + ".weight"));
            } else if (name.startsWith("param.")) {
                compare(golden.doubles(name), require(state, name.substring(6)));
            }
        }
    }

    private static Tensor require(Map<String, Tensor> state, String parameter) {
        return Objects.requireNonNull(state.get("parameter/" + parameter), parameter);
    }

    private static void compare(double[] expected, Tensor found) {
        var floats = found.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        assertThat(floats.remaining()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) floats.get(i))
                    .as("%s[%d]", found.name(), i)
                    .isCloseTo(expected[i], within(WEIGHT_TOLERANCE));
        }
    }
}
