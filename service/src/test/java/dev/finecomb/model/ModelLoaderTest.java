package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.protocol.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can't be trained is refused before training, with the place, the fault and the remedy. */
class ModelLoaderTest {

    @TempDir
    private Path folder;

    private FinecombConfig config(Path file, Map<String, Object> more) {
        Map<String, Object> settings = TestConfig.minimal(file, folder);
        settings.putAll(more);
        return TestConfig.of(settings);
    }

    private void assertUnreadable(Path file, Map<String, Object> more, String... parts) {
        FinecombConfig config = config(file, more);
        assertThatExceptionOfType(UnreadableModelException.class)
                .isThrownBy(() -> ModelLoader.load(config))
                .satisfies(e -> assertThat(e).hasMessageContainingAll(parts));
    }

    @Test
    void loadsWhatItCanTrain() throws Exception {
        Path file = TestArchives.batchNormCnn();
        String digest = Sha256.hex(file);
        ModelLoader.Loaded loaded = ModelLoader.load(config(file, Map.of("model.sha256", digest)));
        try (TrainableModel model = loaded.model()) {
            assertThat(loaded.sha256()).isEqualTo(digest);
            assertThat(model.parameters())
                    .extracting(ModelParameter::name)
                    .containsExactlyElementsOf(model.archive().parameters().stream()
                            .map(ArchivedTensor::name)
                            .toList());
            assertThat(model.buffers())
                    .extracting(TrainableModel.ModelBuffer::name)
                    .contains("bn1.running_mean");
            assertThat(model.parameters())
                    .allSatisfy(parameter ->
                            assertThat(parameter.array().hasGradient()).isTrue());
            assertThat(model.device()).isEqualTo("cpu()");
        }
        assertThat(JniUtils.isGradMode()).as("recording between steps").isFalse();
    }

    @Test
    void aMissingFile() {
        Path file = folder.resolve("none.pt");
        assertUnreadable(file, Map.of(), file.toString(), "can't be read", "finecomb.model.uri");
    }

    @Test
    void anotherFileThanTheConfiguredOne() {
        Path file = TestArchives.mlp();
        String wrong = "0".repeat(64);
        assertUnreadable(file, Map.of("model.sha256", wrong), file.toString(), wrong, "correct finecomb.model.sha256");
    }

    @Test
    void garbage() throws Exception {
        Path file = Files.writeString(folder.resolve("garbage.pt"), "no module at all ".repeat(100));
        assertUnreadable(file, Map.of(), file.toString(), "no zip", "torch.jit.save");
    }

    @Test
    void aModuleInFloat64() {
        Path file = TestArchives.resource("float64.pt");
        assertUnreadable(file, Map.of(), file.toString(), "0.weight", "F64", ".float()");
    }

    @Test
    void tiedWeights() {
        Path file = TestArchives.resource("tied.pt");
        assertUnreadable(file, Map.of(), file.toString(), "first.weight", "second.weight", "untie the weights");
    }

    @Test
    void aFrozenModule() {
        Path file = TestArchives.resource("frozen.pt");
        assertUnreadable(file, Map.of(), file.toString(), "no parameters", "before torch.jit.freeze");
    }

    @Test
    void aGpuWhereThereIsNone() {
        assumeThat(Engine.getEngine(ModelLoader.ENGINE).getGpuCount()).isZero();
        assertUnreadable(
                TestArchives.mlp(),
                Map.of("model.device", "gpu"),
                "finecomb.model.device",
                "the engine sees none",
                "set it to cpu or auto");
    }

    @Test
    void autoTakesTheProcessorWhereThereIsNoGpu() throws Exception {
        assumeThat(Engine.getEngine(ModelLoader.ENGINE).getGpuCount()).isZero();
        try (TrainableModel model = ModelLoader.load(config(TestArchives.mlp(), Map.of("model.device", "auto")))
                .model()) {
            assertThat(model.isOnHost()).isTrue();
        }
    }
}
