package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.finecomb.protocol.Sha256;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleArchiveTest {

    @TempDir
    private Path folder;

    /** The expected lines were printed by PyTorch from {@code torch.jit.load(...).state_dict()}. */
    @Test
    void listsWhatPyTorchLists() throws Exception {
        assertThat(ModuleArchive.open(TestArchives.odd()).tensors().stream()
                        .map(t -> "%s %s %s %s %s %s"
                                .formatted(
                                        t.name(),
                                        t.dtype(),
                                        t.shape(),
                                        t.kind(),
                                        Sha256.hex(t.data()).substring(0, 12),
                                        t.owner())))
                .containsExactly(
                        "turned F32 [8, 4] PARAMETER f75c5cfd2f59 Odd",
                        "low F16 [3] PARAMETER 3ebb967df982 Odd",
                        "scale F32 [1] BUFFER d88c86f15bbe Odd",
                        "body.0.weight F32 [8, 8] PARAMETER e90e7b8242bd Linear",
                        "body.0.bias F32 [8] PARAMETER 5750ac30d88d Linear",
                        "body.1.weight F32 [8] PARAMETER 4f05df05f8da BatchNorm1d",
                        "body.1.bias F32 [8] PARAMETER 66687aadf862 BatchNorm1d",
                        "body.1.running_mean F32 [8] BUFFER 66687aadf862 BatchNorm1d",
                        "body.1.running_var F32 [8] BUFFER 4f05df05f8da BatchNorm1d",
                        "body.1.num_batches_tracked I64 [] BUFFER af5570f5a181 BatchNorm1d",
                        "body.2.0.weight F32 [8, 8] PARAMETER 54b704b8902b Linear",
                        "tied.weight F32 [8, 8] PARAMETER e90e7b8242bd Linear",
                        "tied.bias F32 [8] PARAMETER 8360ff50a514 Linear");
    }

    @Test
    void resolvesMangledClassNames() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.batchNormCnn());
        assertThat(archive.tensors())
                .extracting(ArchivedTensor::name, ArchivedTensor::owner)
                .contains(
                        tuple("conv2.weight", "Conv2d"),
                        tuple("head.weight", "Linear"),
                        tuple("bn1.running_var", "BatchNorm2d"));
    }

    @Test
    void readsTracedModulesAndOptionalBuffers() throws Exception {
        assertThat(ModuleArchive.open(TestArchives.resource("traced.pt")).buffers())
                .extracting(ArchivedTensor::name)
                .containsExactly("1.running_mean", "1.running_var", "1.num_batches_tracked");
        assertThat(ModuleArchive.open(TestArchives.resource("optional.pt")).buffers())
                .extracting(ArchivedTensor::name)
                .containsExactly("buf");
    }

    @Test
    void notesTiedWeights() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.odd());
        assertThat(archive.aliases(tensor(archive, "tied.weight"))).containsExactly("body.0.weight");
        assertThat(archive.aliases(tensor(archive, "tied.bias"))).isEmpty();
    }

    @Test
    void deliversAndWritesNonContiguousTensorsRowByRow() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.odd());
        ArchivedTensor turned = tensor(archive, "turned");
        assertThat(turned.placement().strides()).containsExactly(1L, 8L);
        ByteBuffer counted = ByteBuffer.allocate(8 * 4 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 32; i++) {
            counted.putFloat(4 * i, i);
        }
        Path copy = folder.resolve("copy.pt");
        archive.write(copy, Map.of("turned", counted));
        ArchivedTensor read = tensor(ModuleArchive.open(copy), "turned");
        assertThat(read.data()).isEqualTo(counted);
        float[] columns = new float[32];
        read.placement()
                .bytes()
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(columns);
        assertThat(columns).startsWith(0, 4, 8, 12);
    }

    @Test
    void aCopyDiffersInNothingButTheValues() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.batchNormCnn());
        Path same = folder.resolve("same.pt");
        archive.write(same, Map.of());
        assertSameEntries(ZipReader.read(TestArchives.batchNormCnn()), ZipReader.read(same), List.of());

        Path zeroed = folder.resolve("zeroed.pt");
        archive.write(
                zeroed, Map.of("bn1.running_mean", ByteBuffer.allocate(64), "head.bias", ByteBuffer.allocate(40)));
        assertSameEntries(
                ZipReader.read(same), ZipReader.read(zeroed), List.of("model/data/11")); // the mean was 0 already
        assertThat(tensor(ModuleArchive.open(zeroed), "head.bias")
                        .contiguous()
                        .mismatch(MemorySegment.ofArray(new byte[40])))
                .isEqualTo(-1);
    }

    @Test
    void theSameValuesGiveTheSameBytesAlignedTo64() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.odd());
        Map<String, ByteBuffer> values = new HashMap<>();
        archive.tensors().forEach(tensor -> values.put(tensor.name(), tensor.data()));
        archive.write(folder.resolve("first.pt"), values);
        archive.write(folder.resolve("second.pt"), values);
        byte[] bytes = Files.readAllBytes(folder.resolve("first.pt"));
        assertThat(bytes).isEqualTo(Files.readAllBytes(folder.resolve("second.pt")));
        ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0, i = 0; i < archive.tensors().size(); i++) {
            assertThat(zip.getInt(at)).isEqualTo(0x04034b50);
            int data = at + 30 + zip.getShort(at + 26) + zip.getShort(at + 28);
            assertThat(data % 64).isZero();
            at = data + zip.getInt(at + 18);
        }
    }

    @Test
    void refusesValuesThatDoNotFit() throws Exception {
        ModuleArchive archive = ModuleArchive.open(TestArchives.odd());
        Path out = folder.resolve("out.pt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> archive.write(out, Map.of("nothing", ByteBuffer.allocate(4))))
                .withMessageContaining("no tensor nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> archive.write(out, Map.of("scale", ByteBuffer.allocate(8))))
                .withMessageContaining("4 bytes, not 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> archive.write(
                        out,
                        Map.of(
                                "tied.weight",
                                ByteBuffer.allocate(256),
                                "body.0.weight",
                                tensor(archive, "body.0.weight").data())))
                .withMessageContaining("shares memory");
        assertThat(out).doesNotExist();
    }

    @Test
    void theAccessorIsAddedOnce() throws Exception {
        Path once = folder.resolve("once.pt");
        Path twice = folder.resolve("twice.pt");
        ModuleArchive.open(TestArchives.odd()).writeWithAccessor(once);
        ModuleArchive.open(once).writeWithAccessor(twice);
        assertThat(source(twice)).isEqualTo(source(once)).containsOnlyOnce("def finecomb_buffers(");
        assertThat(source(once))
                .contains("getattr(getattr(getattr(self, \"body\"), \"1\"), \"running_mean\")")
                .contains("getattr(self, \"scale\")");
    }

    private static String source(Path file) throws Exception {
        for (Map.Entry<String, MemorySegment> entry : ZipReader.read(file).entrySet()) {
            if (entry.getKey().endsWith("__main__.py") || entry.getKey().endsWith("__torch__.py")) {
                return StandardCharsets.UTF_8
                        .decode(entry.getValue().asByteBuffer())
                        .toString();
            }
        }
        throw new AssertionError("no root source");
    }

    private static void assertSameEntries(
            Map<String, MemorySegment> expected, Map<String, MemorySegment> actual, List<String> except) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        assertThat(expected.keySet().stream()
                        .filter(name -> Objects.requireNonNull(actual.get(name))
                                        .mismatch(Objects.requireNonNull(expected.get(name)))
                                >= 0))
                .containsExactlyElementsOf(except);
    }

    private static ArchivedTensor tensor(ModuleArchive archive, String name) {
        return archive.find(name).orElseThrow();
    }
}
