package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.export.ExportOutcome.Disproven;
import dev.finecomb.export.ExportOutcome.Proven;
import dev.finecomb.model.ArchivedTensor;
import dev.finecomb.model.ModuleArchive;
import dev.finecomb.model.TestArchives;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.LayerMask;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseModelExporterTest {

    @TempDir
    private Path folder;

    private ExportWorld world;
    private Path target;

    @BeforeEach
    void pruned() throws Exception {
        world = new ExportWorld("2:4");
        target = folder.resolve("export");
    }

    @Test
    void writesEveryTensorUnderItsOwnNameTypeAndShape() throws Exception {
        assertThat(export(world.request())).isInstanceOf(Proven.class);
        assertThat(names(target))
                .containsExactlyInAnyOrder("model.safetensors", "mask.safetensors", "model.pt", "manifest.json");
        assertThat(names(folder)).containsExactly("export");
        ModuleArchive module = ModuleArchive.open(target.resolve("model.pt"));
        try (SafetensorsFile model = SafetensorsFile.open(target.resolve("model.safetensors"))) {
            assertThat(model.entries()).hasSameSizeAs(world.archive.tensors());
            for (Tensor value : world.values()) {
                SafetensorsFile.Entry entry = model.find(value.name()).orElseThrow();
                assertThat(entry.dtype()).isEqualTo(value.dtype());
                assertThat(entry.shape()).isEqualTo(value.shape());
                assertThat(entry.data().mismatch(MemorySegment.ofBuffer(value.data())))
                        .isEqualTo(-1);
                ArchivedTensor archived = module.find(value.name()).orElseThrow();
                assertThat(archived.contiguous().mismatch(entry.data())).isEqualTo(-1);
            }
        }
    }

    @Test
    void theZerosAreExactlyThoseOfTheMask() throws Exception {
        export(world.request());
        try (SafetensorsFile model = SafetensorsFile.open(target.resolve("model.safetensors"));
                SafetensorsFile masks = SafetensorsFile.open(target.resolve("mask.safetensors"))) {
            assertThat(masks.entries()).extracting(SafetensorsFile.Entry::name).isEqualTo(ExportWorld.SPARSE);
            for (String name : ExportWorld.SPARSE) {
                MemorySegment weights = model.find(name).orElseThrow().data();
                LayerMask mask = LayerMask.of(
                        world.layout(name),
                        masks.find(name).orElseThrow().data().toArray(ValueLayout.JAVA_BYTE));
                for (long i = 0; i < mask.elements(); i++) {
                    int bits = weights.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
                    assertThat(bits != 0).isEqualTo(mask.keeps(i));
                }
            }
        }
    }

    /** The fixtures were pruned by PyTorch, packed by NumPy and written by the official safetensors package. */
    @Test
    void equalsWhatTheOfficialToolsWrite() throws Exception {
        export(world.request());
        assertSameTensors("pruned-by-pytorch.safetensors", "model.safetensors");
        assertSameTensors("mask-by-numpy.safetensors", "mask.safetensors");
    }

    private void assertSameTensors(String official, String written) throws Exception {
        URL resource = Objects.requireNonNull(SparseModelExporterTest.class.getResource(official));
        try (SafetensorsFile expected = SafetensorsFile.open(Path.of(resource.toURI()));
                SafetensorsFile actual = SafetensorsFile.open(target.resolve(written))) {
            assertThat(actual.entries()).hasSameSizeAs(expected.entries());
            for (SafetensorsFile.Entry entry : expected.entries()) {
                SafetensorsFile.Entry found = actual.find(entry.name()).orElseThrow();
                assertThat(found.dtype()).isEqualTo(entry.dtype());
                assertThat(found.shape()).isEqualTo(entry.shape());
                assertThat(found.data().mismatch(entry.data())).as(entry.name()).isEqualTo(-1);
            }
        }
    }

    /** Readers view elements in place, so every tensor begins at a multiple of its element's size. */
    @Test
    void tensorsAreAligned() throws Exception {
        export(world.request());
        try (SafetensorsFile model = SafetensorsFile.open(target.resolve("model.safetensors"))) {
            long start = model.entries().getFirst().data().address();
            for (SafetensorsFile.Entry entry : model.entries()) {
                assertThat((entry.data().address() - start) % entry.dtype().bytes())
                        .isZero();
            }
        }
    }

    @Test
    void theManifestNamesEverything() throws Exception {
        Proven proven = (Proven) export(world.request());
        JsonNode manifest =
                new JsonMapper().readTree(target.resolve("manifest.json").toFile());
        assertThat(Files.readAllBytes(target.resolve("manifest.json")))
                .isEqualTo(proven.manifest().encode());
        assertThat(manifest.at("/pattern").asText()).isEqualTo("2:4");
        assertThat(manifest.at("/step").asLong()).isEqualTo(600);
        assertThat(manifest.at("/prequential/accuracy").asDouble()).isEqualTo(0.9375);
        assertThat(manifest.at("/configuration/finecomb.model.uri").asText()).isEqualTo("m.pt");
        JsonNode stem = manifest.at("/layers/0");
        assertThat(stem.at("/parameter").asText()).isEqualTo("stem.weight");
        assertThat(stem.at("/reason").asText()).isEqualTo("kept");
        JsonNode conv1 = manifest.at("/layers/1");
        assertThat(conv1.at("/axis").asInt()).isEqualTo(1);
        assertThat(conv1.at("/weights").asLong()).isEqualTo(1152);
        assertThat(conv1.at("/weightsKept").asLong()).isEqualTo(576);
        for (JsonNode file : manifest.at("/files")) {
            Path path = target.resolve(file.at("/name").asText());
            assertThat(file.at("/sha256").asText()).isEqualTo(Sha256.hex(path));
            assertThat(file.at("/bytes").asLong()).isEqualTo(Files.size(path));
        }
        assertThat(manifest.at("/files")).hasSize(3);
        assertThat(manifest.at("/proof/holds").asBoolean()).isTrue();
        assertThat(manifest.at("/proof/tensors"))
                .hasSize(world.archive.tensors().size());
        assertThat(proven.manifest().groups()).isEqualTo(1152 / 4 + 256 / 4);
        assertThat(proven.manifest().kept()).isEqualTo(576 + 128);
    }

    @Test
    void theSameRequestGivesTheSameBytesAndReplacesInOneStep() throws Exception {
        export(world.request());
        List<byte[]> first = contents();
        export(world.request());
        List<byte[]> second = contents();
        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i)).isEqualTo(first.get(i));
        }
        export(world.request(world.valuesWith("head.bias", 0, 7f)));
        assertThat(contents().getFirst()).isNotEqualTo(first.getFirst());
        assertThat(names(folder)).containsExactly("export");
    }

    @Test
    void aModelThatFailsItsProofDoesNotTouchTheEarlierExport() throws Exception {
        export(world.request());
        List<byte[]> before = contents();
        long dead = world.layout("conv1.weight").weightIndex(4 * 9 + 3);
        for (float value : new float[] {1f, -0f, Float.NaN}) {
            ExportOutcome outcome = export(world.request(world.valuesWith("conv1.weight", dead, value)));
            assertThat(outcome)
                    .isEqualTo(new Disproven(
                            "conv1.weight: group 9 of 2:4 has a value outside its mask, at position 3",
                            folder.resolve("export.disproven")));
        }
        assertThat(contents().getFirst()).isEqualTo(before.getFirst());
        JsonNode manifest = new JsonMapper()
                .readTree(folder.resolve("export.disproven/manifest.json").toFile());
        assertThat(manifest.at("/proof/holds").asBoolean(true)).isFalse();
        assertThat(manifest.at("/proof/violation").asText()).contains("group 9");
    }

    @Test
    void leavesForeignFilesAlone() throws Exception {
        Files.createDirectory(target);
        Files.writeString(target.resolve("thesis.txt"), "precious");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> export(world.request()))
                .withMessageContaining("thesis.txt")
                .withMessageContaining("choose an empty directory");
        assertThat(target.resolve("thesis.txt")).hasContent("precious");
    }

    @Test
    void clearsWhatACrashLeftBehind() throws Exception {
        Files.createDirectory(folder.resolve(".export.staging"));
        Files.writeString(folder.resolve(".export.staging/model.safetensors"), "half");
        Files.createDirectory(folder.resolve(".export.replaced"));
        Files.writeString(folder.resolve(".export.replaced/manifest.json"), "old");
        assertThat(export(world.request())).isInstanceOf(Proven.class);
        assertThat(names(folder)).containsExactly("export");
    }

    @Test
    void directoriesAreExchangedInOneStep() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(one.resolve("old"), "");
        assumeThat(DirectorySwap.exchange(one, other)).isTrue();
        assertThat(names(one)).isEmpty();
        assertThat(names(other)).containsExactly("old");
        assertThat(DirectorySwap.exchange(one, folder.resolve("absent"))).isFalse();
    }

    @Test
    void twoRenamesDoWhereTheSystemCannotExchange() throws Exception {
        export(world.request());
        Path fresh = Files.createDirectory(folder.resolve("fresh"));
        Files.writeString(fresh.resolve("manifest.json"), "new");
        DirectorySwap.replace(fresh, target, (one, other) -> false);
        assertThat(names(target)).containsExactly("manifest.json");
        assertThat(names(folder)).containsExactly("export");
    }

    @Test
    void refusesARequestThatDoesNotFitTheModule() {
        List<Tensor> values = world.values();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export(world.request(values.subList(1, values.size()))))
                .withMessageContaining("no value for stem.weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> export(new ExportRequest(
                        world.facts(), world.pattern, values, world.masks().subList(0, 1), world.verdicts())))
                .withMessageContaining("for sparse layers");
        assertThat(target).doesNotExist();
    }

    @Test
    void tiedWeightsMayBeGivenUnderOneName() throws Exception {
        ModuleArchive tied = ModuleArchive.open(TestArchives.odd());
        List<Tensor> values = tied.tensors().stream()
                .filter(tensor -> !tensor.name().equals("tied.weight"))
                .map(tensor -> new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor.data()))
                .toList();
        ExportRequest request = new ExportRequest(world.facts(), world.pattern, values, List.of(), List.of());
        assertThat(new SparseModelExporter(target).export(tied, request, () -> {}))
                .isInstanceOf(Proven.class);
        try (SafetensorsFile model = SafetensorsFile.open(target.resolve("model.safetensors"))) {
            assertThat(model.find("tied.weight")).isPresent();
        }
    }

    private ExportOutcome export(ExportRequest request) throws IOException {
        return new SparseModelExporter(target).export(world.archive, request, () -> {});
    }

    private List<byte[]> contents() throws IOException {
        return List.of(
                Files.readAllBytes(target.resolve("model.safetensors")),
                Files.readAllBytes(target.resolve("mask.safetensors")),
                Files.readAllBytes(target.resolve("model.pt")),
                Files.readAllBytes(target.resolve("manifest.json")));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
