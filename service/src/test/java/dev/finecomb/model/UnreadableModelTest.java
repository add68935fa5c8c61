package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a model file ends in one kind of exception that names file, fault and remedy. */
class UnreadableModelTest {

    @TempDir
    private Path folder;

    @Test
    void aMissingFile() {
        assertUnreadable(folder.resolve("none.pt"), "no such file", "check model.uri");
    }

    @Test
    void somethingElseThanAZip() throws Exception {
        assertUnreadable(
                Files.writeString(folder.resolve("model.pt"), "weights".repeat(20)), "no zip", "torch.jit.save");
        assertUnreadable(Files.writeString(folder.resolve("empty.pt"), ""), "no zip", "torch.jit.save");
    }

    @Test
    void aStateDictWithoutCode() {
        assertUnreadable(TestArchives.resource("state-dict-only.pt"), "saved with torch.save", "torch.jit.script");
    }

    @Test
    void aFrozenModule() {
        assertUnreadable(TestArchives.resource("frozen.pt"), "no parameters", "before torch.jit.freeze");
    }

    @Test
    void aTruncatedFile() throws Exception {
        byte[] bytes = Files.readAllBytes(TestArchives.mlp());
        Path cut = folder.resolve("cut.pt");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        assertUnreadable(cut, "no zip", "torch.jit.save");
    }

    @Test
    void aFlippedBitInAWeight() throws Exception {
        byte[] bytes = Files.readAllBytes(TestArchives.mlp());
        bytes[100] ^= 1;
        assertUnreadable(Files.write(folder.resolve("flipped.pt"), bytes), "checksum", "copy it completely");
    }

    @Test
    void aMissingStorage() throws Exception {
        Map<String, byte[]> entries = entries();
        entries.remove("model/data/1");
        assertUnreadable(zip(entries), "storage 1 is missing", "torch.jit.save");
    }

    @Test
    void aStorageThatIsTooSmall() throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put("model/data/1", new byte[4]);
        assertUnreadable(zip(entries), "in a storage of 1 elements", "torch.jit.save");
    }

    @Test
    void tensorsOfAnotherByteOrder() throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put("model/byteorder", "big".getBytes(StandardCharsets.UTF_8));
        assertUnreadable(zip(entries), "not little-endian", "torch.jit.save");
    }

    @Test
    void aPickleThatWantsToRunSomething() throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put("model/data.pkl", pickle("\u0080\u0002cposix\nsystem\nX\u0002\0\0\0ls\u0085R."));
        assertUnreadable(zip(entries), "names posix.system", "torch.jit.save");
    }

    @ParameterizedTest
    @CsvSource({
        "'.', without its operand",
        "'N', middle of an instruction",
        "'NN.', left over",
        "'(N.', left over",
        "'P1\n.', 'instruction 0x50'",
        "'t.', never began",
        "'h\u0001.', never stored",
        "'Na.', without its operand",
        "'}Na.', no list",
        "')Na.', no list",
        "'NNb.', no object",
        "'NN\u0081.', no name",
        "'NNR.', without an argument tuple",
        "'N)R.', no name",
        "'X\u00ff\u00ff\u00ff\u007fab.', text of",
        "'X\u0001\0\0\0\u00ff.', not UTF-8",
        "'\u0080\u0004N.', protocol 4",
        "'\u008a\u0009123456789.', integer of 9 bytes",
        "'cbuiltins\neval\n.', names builtins.eval",
        "'ctorch\nload\n.', names torch.load",
        "'N.', no module"
    })
    void aMalformedPickle(String text, String what) throws Exception {
        Map<String, byte[]> entries = entries();
        entries.put("model/data.pkl", pickle(text));
        assertUnreadable(zip(entries), what, "torch.jit.save");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aRandomlyDamagedPickle(int seed) throws Exception {
        Random random = new Random(seed);
        byte[] sound = Objects.requireNonNull(entries().get("model/data.pkl"));
        for (int trial = 0; trial < 500; trial++) {
            byte[] damaged = sound.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Throwable thrown = catchThrowable(() -> PickleReader.read("fuzz", ByteBuffer.wrap(damaged)));
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(UnreadableModelException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aRandomlyDamagedFile(int seed) throws Exception {
        Random random = new Random(seed);
        byte[] sound = Files.readAllBytes(TestArchives.mlp());
        Path file = folder.resolve("damaged.pt");
        for (int trial = 0; trial < 100; trial++) {
            byte[] damaged = sound.clone();
            // The second half holds the directory, where damage does the most.
            int from = trial % 2 == 0 ? 0 : sound.length - 2000;
            damaged[from + random.nextInt(sound.length - from)] = (byte) random.nextInt(256);
            Files.write(file, damaged);
            Throwable thrown = catchThrowable(() -> ModuleArchive.open(file));
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(UnreadableModelException.class);
            }
            Files.delete(file);
        }
    }

    private static void assertUnreadable(Path file, String what, String remedy) {
        assertThatExceptionOfType(UnreadableModelException.class)
                .isThrownBy(() -> ModuleArchive.open(file))
                .withMessageContaining(file.toString())
                .withMessageContaining(what)
                .withMessageContaining(remedy);
    }

    private static byte[] pickle(String bytes) {
        return bytes.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Map<String, byte[]> entries() throws UnreadableModelException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (Map.Entry<String, MemorySegment> entry :
                ZipReader.read(TestArchives.mlp()).entrySet()) {
            entries.put(entry.getKey(), entry.getValue().toArray(ValueLayout.JAVA_BYTE));
        }
        return entries;
    }

    /** By Java's own writer, which compresses: so deflated storages are read too. */
    private Path zip(Map<String, byte[]> entries) throws Exception {
        Path file = folder.resolve("model.pt");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    @Test
    void aRepackedModuleIsReadable() throws Exception {
        Path repacked = zip(entries());
        ModuleArchive archive = ModuleArchive.open(repacked);
        assertThat(archive.tensors())
                .hasSameSizeAs(ModuleArchive.open(TestArchives.mlp()).tensors());
        archive.write(folder.resolve("copy.pt"), Map.of());
        assertThat(ModuleArchive.open(folder.resolve("copy.pt")).tensors()).hasSameSizeAs(archive.tensors());
    }
}
