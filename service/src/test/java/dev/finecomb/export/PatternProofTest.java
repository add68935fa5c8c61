package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.export.ExportClaims.ClaimedTensor;
import dev.finecomb.export.ExportClaims.Role;
import dev.finecomb.export.PatternProof.Verdict.Holds;
import dev.finecomb.export.PatternProof.Verdict.Violated;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages the written files, and the claims, in every way that the proof is there to find. */
class PatternProofTest {

    @TempDir
    private Path folder;

    private ExportWorld world;
    private Path export;
    private List<ClaimedTensor> tensors;

    @BeforeEach
    void exported() throws Exception {
        world = new ExportWorld("2:4");
        export = folder.resolve("export");
        new SparseModelExporter(export).export(world.archive, world.request(), () -> {});
        tensors = world.archive.tensors().stream()
                .map(tensor -> new ClaimedTensor(
                        tensor.name(),
                        tensor.dtype(),
                        tensor.shape(),
                        ExportWorld.SPARSE.contains(tensor.name()) ? Role.SPARSE_WEIGHT : Role.OTHER))
                .toList();
    }

    @Test
    void holdsForWhatWasWritten() throws Exception {
        assertThat(prove(files())).isInstanceOf(Holds.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "mask.safetensors", "model.pt"})
    void anyFlippedBitBreaksTheDigest(String name) throws Exception {
        List<ExportedFile> files = files();
        Random random = new Random(5);
        byte[] sound = Files.readAllBytes(export.resolve(name));
        for (int trial = 0; trial < 20; trial++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(export.resolve(name), damaged);
            assertThat(prove(files))
                    .isEqualTo(new Violated(name + " has another SHA-256 than the bytes that were written"));
        }
        Files.write(export.resolve(name), Arrays.copyOf(sound, sound.length - 1));
        assertThat(prove(files)).isInstanceOf(Violated.class);
        Files.delete(export.resolve(name));
        assertThat(prove(files)).isInstanceOf(Violated.class);
    }

    /** With fresh digests only counting can find it. */
    @ParameterizedTest
    @CsvSource({
        "0, 1, 'has a value outside its mask, at position 2'",
        "0, 63, 'has a value outside its mask, at position 2'"
    })
    void aDeadWeightThatIsNotZero(int group, int bit, String what) throws Exception {
        long dead = world.layout("conv1.weight").weightIndex(group * 4L + 2);
        flip("model.safetensors", "conv1.weight", dead * 32 + bit % 32);
        assertThat(prove(files())).isEqualTo(new Violated("conv1.weight: group " + group + " of 2:4 " + what));
    }

    @Test
    void aMaskWithABitTooFewOrTooMany() throws Exception {
        flip("mask.safetensors", "conv2.weight", 4 * 5 + 3);
        assertThat(prove(files())).isEqualTo(new Violated("conv2.weight: group 5 of 2:4 keeps 3 weights instead of 2"));
        flip("mask.safetensors", "conv2.weight", 4 * 5 + 3);
        assertThat(prove(files())).isInstanceOf(Holds.class);
        flip("mask.safetensors", "conv2.weight", 4 * 5);
        assertThat(prove(files()))
                .isEqualTo(new Violated("conv2.weight: group 5 of 2:4 has a value outside its mask, at position 0"));
    }

    @Test
    void aModuleWithOtherValues() throws Exception {
        world.archive.write(export.resolve("model.pt"), Map.of());
        assertThat(prove(files()))
                .isEqualTo(new Violated("conv1.weight differs between model.safetensors and model.pt"));
    }

    @Test
    void tensorsThatAreMissingOrNotTheModels() throws Exception {
        tensors = tensors.subList(1, tensors.size());
        assertThat(prove(files()))
                .isEqualTo(new Violated("model.safetensors holds tensors that the model does not have"));
        Files.copy(
                export.resolve("mask.safetensors"),
                export.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(prove(files())).isEqualTo(new Violated("stem.bias is missing"));
    }

    @Test
    void aSafetensorsFileThatIsNone() throws Exception {
        Files.writeString(export.resolve("model.safetensors"), "no tensors");
        assertThat(prove(files()))
                .isInstanceOfSatisfying(
                        Violated.class,
                        violated -> assertThat(violated.what()).startsWith("model.safetensors is malformed"));
    }

    private PatternProof.Verdict prove(List<ExportedFile> files) throws IOException {
        return PatternProof.prove(export, new ExportClaims(world.pattern, tensors, files));
    }

    private List<ExportedFile> files() throws IOException {
        return List.of(
                DurableFiles.written(export.resolve("model.safetensors")),
                DurableFiles.written(export.resolve("mask.safetensors")),
                DurableFiles.written(export.resolve("model.pt")));
    }

    private void flip(String file, String tensor, long bit) throws Exception {
        byte[] bytes = Files.readAllBytes(export.resolve(file));
        long offset;
        try (SafetensorsFile opened = SafetensorsFile.open(export.resolve(file))) {
            MemorySegment first = opened.entries().getFirst().data();
            long headerBytes = bytes.length
                    - opened.entries().stream()
                            .mapToLong(entry -> entry.data().byteSize())
                            .sum();
            MemorySegment data = opened.find(tensor).orElseThrow().data();
            offset = headerBytes + data.address() - first.address();
        }
        bytes[(int) (offset + bit / 8)] ^= (byte) (1 << bit % 8);
        Files.write(export.resolve(file), bytes);
    }
}
