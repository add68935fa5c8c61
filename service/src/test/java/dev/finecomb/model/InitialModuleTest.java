package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.Place;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.storage.ObjectServer;
import dev.finecomb.storage.ObjectStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialModuleTest {
    private static final Map<String, Object> MLP = Map.of(
            "model.architecture.kind", "mlp",
            "model.architecture.inputs", "16",
            "model.architecture.hidden", "32, 8",
            "model.architecture.classes", "10");

    @TempDir
    private Path folder;

    private FinecombConfig config(Path directory, Map<String, Object> architecture, long seed) {
        Map<String, Object> settings = TestConfig.minimal(Path.of("unused"), directory);
        settings.remove("model.uri");
        settings.putAll(architecture);
        settings.put("training.seed", seed);
        return TestConfig.of(settings);
    }

    @Test
    void theSameSettingsGiveTheSameBytesEverywhere() throws Exception {
        Path one = InitialModule.of(config(folder.resolve("one"), MLP, 7));
        Path other = InitialModule.of(config(folder.resolve("other"), MLP, 7));

        assertThat(one).isNotEqualTo(other).hasParent(folder.resolve("one/checkpoints"));
        assertThat(one.getFileName()).isEqualTo(other.getFileName());
        assertThat(one).hasSameBinaryContentAs(other);
        // Jobs in the field began with these bytes: a change of them is a change of the format.
        assertThat(Sha256.hex(one)).isEqualTo("85520ee70a20efc51b07b35916d3f79fe0fc6c56761aa3c0941e839788ef1615");
        try (Stream<Path> files = Files.list(folder.resolve("one/checkpoints"))) {
            assertThat(files).containsExactly(one);
        }
    }

    @Test
    void whatIsThereIsUsedAsItIs() throws Exception {
        Path made = InitialModule.of(config(folder, MLP, 7));
        var written = Files.getLastModifiedTime(made);

        assertThat(InitialModule.of(config(folder, MLP, 7))).isEqualTo(made);
        assertThat(Files.getLastModifiedTime(made)).isEqualTo(written);

        String digest = Sha256.hex(made);
        Files.delete(made);
        assertThat(Sha256.hex(InitialModule.of(config(folder, MLP, 7)))).isEqualTo(digest);
    }

    @Test
    void otherSettingsNeverFindIt() throws Exception {
        Path made = InitialModule.of(config(folder, MLP, 7));
        Map<String, Object> wider = new TreeMap<>(MLP);
        wider.put("model.architecture.hidden", "328");

        Path seeded = InitialModule.of(config(folder, MLP, 8));
        Path changed = InitialModule.of(config(folder, wider, 7));

        assertThat(seeded).isNotEqualTo(made);
        assertThat(changed).isNotEqualTo(made).isNotEqualTo(seeded);
        assertThat(Sha256.hex(seeded)).isNotEqualTo(Sha256.hex(made));
    }

    @Test
    void aFileStaysWhereItIs() throws Exception {
        Path file = TestArchives.mlp();

        assertThat(InitialModule.of(TestConfig.of(TestConfig.minimal(file, folder))))
                .isEqualTo(file);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anObjectIsFetchedAtEveryStart() throws Exception {
        try (ObjectServer server = ObjectServer.start()) {
            Place.Bucket place = ObjectServer.place();
            Map<String, Object> settings = TestConfig.minimal(Path.of("unused"), folder);
            settings.put("model.uri", place.resolve("models/mlp.pt"));
            settings.putAll(server.settings());
            FinecombConfig config = TestConfig.of(settings);
            assertThatThrownBy(() -> InitialModule.of(config))
                    .isInstanceOf(UnreadableModelException.class)
                    .hasMessageContainingAll(place.resolve("models/mlp.pt"), "no such object", "finecomb.model.uri");
            try (ObjectStorage storage = server.storage(place)) {
                storage.put("models/mlp.pt", new byte[] {1});
                Path killed = Files.writeString(
                        Files.createDirectories(folder.resolve("checkpoints")).resolve(".module.pt-x"), "half");
                Path fetched = InitialModule.of(config);
                assertThat(killed).doesNotExist();
                assertThat(fetched).hasBinaryContent(new byte[] {1});
                storage.upload("models/mlp.pt", TestArchives.mlp(), () -> {});
                assertThat(InitialModule.of(config)).isEqualTo(fetched).hasSameBinaryContentAs(TestArchives.mlp());
            }
            try (Stream<Path> files = Files.list(folder.resolve("checkpoints"))) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void itsArchiveIsReadAsAnyOther() throws Exception {
        Path made = InitialModule.of(config(
                folder,
                Map.of(
                        "model.architecture.kind", "cnn",
                        "model.architecture.inputs", "1, 28, 28",
                        "model.architecture.channels", "32, 64",
                        "model.architecture.hidden", "128",
                        "model.architecture.classes", "10"),
                0));
        ModuleArchive archive = ModuleArchive.open(made);

        assertThat(archive.parameters().stream().map(tensor -> tensor.name() + tensor.shape()))
                .contains(
                        "conv1.weight[32, 1, 3, 3]",
                        "conv2.weight[64, 32, 3, 3]",
                        "bn2.bias[64]",
                        "fc1.weight[128, 3136]",
                        "head.weight[10, 128]");
        assertThat(archive.buffers().stream().map(ArchivedTensor::name)).contains("bn1.running_mean");
        assertThat(archive.inputs()).containsExactly("x");
        Trainable.require(archive, made);
    }
}
