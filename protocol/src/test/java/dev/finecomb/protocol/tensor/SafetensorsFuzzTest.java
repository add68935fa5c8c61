package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Framed;
import dev.finecomb.fuzz.Fuzzer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged values are refused with a typed fault or read as something that can be written and read again. */
class SafetensorsFuzzTest {
    private static final Pattern LINE = Pattern.compile("[ -~]+");
    private static final List<byte[]> CORPUS = corpus();

    @TempDir
    Path directory;

    private record Content(List<Tensor> tensors, Map<String, String> metadata) {
        byte[] encode() {
            return SafetensorsWriter.toBytes(tensors, metadata);
        }
    }

    @Test
    void values() throws Exception {
        Set<TensorFault> faults = ConcurrentHashMap.newKeySet();
        Fuzzer fuzzer = new Fuzzer("safetensors", 15);

        long accepted = fuzzer.run(
                Decoder.of(MalformedTensorsException.class, value -> read(value, faults), Content::encode),
                random -> Framed.mutate(random, CORPUS));

        if (fuzzer.isWhole()) {
            assertThat(accepted).isPositive();
            assertThat(faults).containsAll(EnumSet.complementOf(EnumSet.of(TensorFault.TOO_LARGE))); // more than 64 MiB
        }
    }

    @Test
    void files() throws Exception {
        Fuzzer fuzzer = new Fuzzer("safetensors-file", 2);

        long accepted = fuzzer.run(
                Decoder.of(MalformedTensorsException.class, this::readFile, Content::encode),
                random -> Framed.mutate(random, CORPUS));

        assertThat(accepted > 0 || !fuzzer.isWhole()).isTrue();
    }

    private static Content read(byte[] value, Set<TensorFault> faults) throws MalformedTensorsException {
        try {
            Safetensors read = Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD);
            return new Content(read.tensors(), read.metadata());
        } catch (MalformedTensorsException e) {
            if (!LINE.matcher(e.detail()).matches()) {
                throw new AssertionError("not one printable line: " + e.detail(), e);
            }
            faults.add(e.reason());
            throw e;
        }
    }

    private Content readFile(byte[] value) throws MalformedTensorsException {
        Path file = directory.resolve("value-" + Thread.currentThread().threadId());
        try {
            Files.write(file, value);
            try (SafetensorsFile open = SafetensorsFile.open(file)) {
                List<Tensor> tensors = new ArrayList<>();
                for (SafetensorsFile.Entry entry : open.entries()) {
                    ByteBuffer data = ByteBuffer.wrap(entry.data().toArray(ValueLayout.JAVA_BYTE));
                    tensors.add(new Tensor(entry.name(), entry.dtype(), entry.shape(), data));
                }
                return new Content(tensors, open.metadata());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>(List.of(
                Golden.read("batch.safetensors"), Golden.read("images.safetensors"), Golden.read("types.safetensors")));
        for (int seed = 0; seed < 50; seed++) {
            RandomTensors random = new RandomTensors(seed);
            corpus.add(SafetensorsWriter.toBytes(random.list(), Map.of("k", random.text())));
        }
        return corpus;
    }
}
