package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsRoundTripTest {
    private static final int CASES = 500;

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadFromMemoryAndFromFile() throws IOException, MalformedTensorsException {
        Path file = folder.resolve("value.safetensors");
        for (int seed = 0; seed < CASES; seed++) {
            RandomTensors random = new RandomTensors(seed);
            List<Tensor> tensors = random.list();
            Map<String, String> metadata = Map.of("b" + random.text(), random.text(), "a", random.text());

            byte[] value = SafetensorsWriter.toBytes(tensors, metadata);

            Safetensors memory = Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD);
            assertThat(memory.tensors()).as("seed %d", seed).isEqualTo(tensors);
            assertThat(memory.metadata()).as("seed %d", seed).isEqualTo(metadata);
            Files.write(file, value);
            try (SafetensorsFile mapped = SafetensorsFile.open(file)) {
                assertThat(mapped.entries().stream().map(SafetensorsRoundTripTest::tensor))
                        .as("seed %d", seed)
                        .isEqualTo(tensors);
                assertThat(mapped.metadata()).isEqualTo(metadata);
            }
        }
    }

    @Test
    void streamedBytesEqualTheArray() throws IOException {
        for (int seed = 0; seed < CASES; seed++) {
            List<Tensor> tensors = new RandomTensors(seed).list();
            ByteArrayOutputStream streamed = new ByteArrayOutputStream();

            SafetensorsWriter.write(Channels.newChannel(streamed), tensors, Map.of("k", "v"));

            assertThat(streamed.toByteArray()).isEqualTo(SafetensorsWriter.toBytes(tensors, Map.of("k", "v")));
        }
    }

    @Test
    void dataBeginsAtAMultipleOfEight() {
        for (int length = 0; length < 20; length++) {
            byte[] value = SafetensorsWriter.toBytes(List.of(Tensors.u8("n".repeat(length), new byte[0], 0)), Map.of());

            assertThat(value.length % 8).isZero();
        }
    }

    @Test
    void readsBetweenPositionAndLimitOfAnyBuffer() throws MalformedTensorsException {
        byte[] value = Golden.read("batch.safetensors");
        ByteBuffer direct = ByteBuffer.allocateDirect(value.length + 10);
        direct.position(3).put(value).limit(direct.position()).position(3);

        Safetensors read = Safetensors.read(direct.asReadOnlyBuffer(), Limits.RECORD);

        assertThat(read.find("y")).contains(Tensors.i64("y", new long[] {1, 9}, 2));
        assertThat(direct.position()).isEqualTo(3);
    }

    @Test
    void tensorsAreReadOnlyViewsOfTheValue() throws MalformedTensorsException {
        byte[] value = Golden.read("batch.safetensors");
        Tensor labels = Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD)
                .find("y")
                .orElseThrow();

        value[value.length - 40] = 5; // the labels' first byte: no copy stands between

        assertThat(labels.data().getLong()).isEqualTo(5);
        assertThat(labels.data().position()).isZero();
        assertThat(labels.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThatThrownBy(() -> labels.data().put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    private static Tensor tensor(SafetensorsFile.Entry entry) {
        MemorySegment data = entry.data();
        return new Tensor(entry.name(), entry.dtype(), entry.shape(), data.asByteBuffer());
    }
}
