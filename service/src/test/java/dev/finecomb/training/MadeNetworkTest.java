package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensors;
import dev.finecomb.sparsity.LayerVerdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of {@code model.architecture} on the real engine. */
class MadeNetworkTest {
    private static final int SAMPLES = 32;
    private static final int CLASSES = 4;

    @TempDir
    private Path folder;

    @Test
    void anMlpLearnsAndBecomesSparse() throws Exception {
        learns(
                Map.of(
                        "model.architecture.kind", "mlp",
                        "model.architecture.inputs", "1, 8, 8",
                        "model.architecture.hidden", "32, 16"),
                "fc1.weight",
                "fc2.weight");
    }

    @Test
    void aCnnLearnsAndBecomesSparse() throws Exception {
        learns(
                Map.of(
                        "model.architecture.kind", "cnn",
                        "model.architecture.inputs", "1, 8, 8",
                        "model.architecture.channels", "8, 16, 16",
                        "model.architecture.hidden", "32"),
                "conv2.weight",
                "conv3.weight",
                "fc1.weight");
    }

    @Test
    void aCnnNeedsNoHiddenLayer() throws Exception {
        learns(
                Map.of(
                        "model.architecture.kind", "cnn",
                        "model.architecture.inputs", "1, 8, 8",
                        "model.architecture.channels", "8, 16"),
                "conv2.weight");
    }

    private void learns(Map<String, Object> architecture, String... sparse) throws Exception {
        Map<String, Object> settings = TestConfig.minimal(Path.of("unused"), folder);
        settings.remove("model.uri");
        settings.putAll(architecture);
        settings.put("model.architecture.classes", CLASSES);
        FinecombConfig config = TestConfig.of(settings);
        var assembled = TrainerAssembly.assemble(ModelLoader.load(config).model(), config);
        try (Trainer trainer = assembled.trainer()) {
            assertThat(assembled.verdicts().stream()
                            .filter(LayerVerdict::sparse)
                            .map(LayerVerdict::parameter))
                    .containsExactly(sparse);
            double first = step(trainer);
            double last = first;
            for (int i = 1; i < 60; i++) {
                last = step(trainer);
            }
            assertThat(last).isLessThan(first / 2);
            assertThat(trainer.isRemovalComplete()).isTrue();
        }
    }

    /** The same samples again and again, each class brighter in its own quarter of the picture. */
    private static double step(Trainer trainer) {
        Random random = new Random(5);
        float[] x = new float[SAMPLES * 64];
        long[] y = new long[SAMPLES];
        Arrays.setAll(y, sample -> sample % CLASSES);
        for (int i = 0; i < x.length; i++) {
            int quarter = i % 64 / 32 * 2 + i % 8 / 4;
            x[i] = random.nextFloat() + (quarter == y[i / 64] ? 1 : 0);
        }
        var batch = new TrainingBatch(
                List.of(Tensors.f32("x", x, SAMPLES, 1, 8, 8)), List.of(Tensors.i64("y", y, SAMPLES)), SAMPLES);
        return trainer.step(batch) instanceof StepResult.Trained trained ? trained.loss() : Double.NaN;
    }
}
