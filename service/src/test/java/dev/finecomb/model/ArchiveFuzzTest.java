package dev.finecomb.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged model file is refused with the one kind of exception, or is a module whose tensors can all be looked at. */
class ArchiveFuzzTest {
    /** Instructions of the pickle language, among them some that no module needs. */
    private static final List<byte[]> WORDS = Mutator.bytes(
            "(",
            ")",
            "t",
            "]",
            "}",
            "a",
            "e",
            "s",
            "u",
            "b",
            "R",
            "Q",
            ".",
            "h\u0001",
            "q\u0001",
            "K\u0007",
            "c__torch__\nM\n",
            "ctorch._utils\n_rebuild_tensor_v2\n",
            "cposix\nsystem\n",
            "ctorch\nFloatStorage\n",
            "]q\u0000h\u0000a",
            "J\u0000\u0000\u0000\u0001",
            "P1\n");

    @TempDir
    Path directory;

    @Test
    void pickles() throws Exception {
        List<byte[]> corpus =
                List.of(pickle(TestArchives.mlp()), pickle(TestArchives.odd()), pickle(TestArchives.batchNormCnn()));

        new Fuzzer("pickle", 4).run(new Pickles(), random -> new Mutator(random, WORDS).mutate(corpus));
    }

    @Test
    void archives() throws Exception {
        List<byte[]> files = List.of(Files.readAllBytes(TestArchives.mlp()), Files.readAllBytes(TestArchives.odd()));
        List<Map<String, byte[]>> modules = List.of(entries(TestArchives.mlp()), entries(TestArchives.odd()));
        Fuzzer fuzzer = new Fuzzer("model-archive", 1);

        long accepted = fuzzer.run(
                new Archives(),
                random -> random.nextBoolean()
                        ? nearTheEnd(random, files)
                        : repacked(random, modules.get(random.nextInt(modules.size()))));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    /** Most of the damage hits the directory, where it does the most. */
    private static byte[] nearTheEnd(SplittableRandom random, List<byte[]> files) {
        byte[] file = files.get(random.nextInt(files.size()));
        int at = random.nextInt(4) == 0 ? 0 : Math.max(0, file.length - 2000);
        byte[] tail = new Mutator(random, WORDS).mutate(Arrays.copyOfRange(file, at, file.length), files);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        out.writeBytes(tail);
        return out.toByteArray();
    }

    /** One entry damaged, in a zip that is sound. */
    private static byte[] repacked(SplittableRandom random, Map<String, byte[]> entries) {
        List<String> names = List.copyOf(entries.keySet());
        String pickle = names.stream()
                .filter(name -> name.endsWith("data.pkl"))
                .findFirst()
                .orElseThrow();
        String victim = random.nextBoolean() ? pickle : names.get(random.nextInt(names.size()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                byte[] content = entry.getValue();
                zip.write(
                        entry.getKey().equals(victim)
                                ? new Mutator(random, WORDS).mutate(content, List.of(content))
                                : content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] pickle(Path file) throws UnreadableModelException {
        return entries(file).entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("data.pkl"))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static Map<String, byte[]> entries(Path file) throws UnreadableModelException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (Map.Entry<String, MemorySegment> entry : ZipReader.read(file).entrySet()) {
            entries.put(entry.getKey(), entry.getValue().toArray(ValueLayout.JAVA_BYTE));
        }
        return entries;
    }

    /** There is no writer of pickles, so nothing comes back; the reader only has to end well. */
    private static final class Pickles implements Decoder<Pickled> {
        @Override
        public Optional<Pickled> decode(byte[] value) {
            try {
                return Optional.of(PickleReader.read("fuzz", ByteBuffer.wrap(value)));
            } catch (UnreadableModelException e) {
                return Optional.empty();
            }
        }

        @Override
        public void check(Pickled accepted) {
            assertThat(accepted).isNotNull();
        }
    }

    private final class Archives implements Decoder<ModuleArchive> {
        @Override
        public Optional<ModuleArchive> decode(byte[] value) throws IOException {
            Path file = directory.resolve("model-" + Thread.currentThread().threadId());
            Files.deleteIfExists(file); // an archive may still be mapped
            Files.write(file, value);
            try {
                return Optional.of(ModuleArchive.open(file));
            } catch (UnreadableModelException e) {
                return Optional.empty();
            }
        }

        @Override
        public void check(ModuleArchive accepted) {
            assertThat(accepted.parameters()).isNotEmpty();
            for (ArchivedTensor tensor : accepted.tensors()) {
                assertThat(tensor.contiguous().byteSize())
                        .isEqualTo(tensor.elements() * tensor.dtype().bytes());
            }
        }
    }
}
