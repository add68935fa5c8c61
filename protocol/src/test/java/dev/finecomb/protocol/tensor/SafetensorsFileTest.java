package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
    @TempDir
    private Path folder;

    @Test
    void readsTensorsBeyondTwoGibibytes() throws IOException, MalformedTensorsException {
        long large = 5L << 29; // 2.5 GiB, of which the file system stores almost nothing
        byte[] head = RawValue.of(
                "{" + RawValue.entry("large", "U8", "[" + large + "]", 0, large) + ","
                        + RawValue.entry("last", "U8", "[1]", large, large + 1) + "}",
                0);
        Path file = folder.resolve("large.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[] {42}), head.length + large);
        }

        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.entries().getFirst().data().byteSize()).isEqualTo(large);
            SafetensorsFile.Entry last = opened.find("last").orElseThrow();
            assertThat(last.data().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
        }
    }

    @Test
    void memoryIsGoneAfterClose() throws IOException, MalformedTensorsException {
        Path file = folder.resolve("batch.safetensors");
        Files.write(file, Golden.read("batch.safetensors"));
        MemorySegment data;
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            data = opened.entries().getFirst().data();
            assertThat(data.isReadOnly()).isTrue();
        }

        assertThat(data.scope().isAlive()).isFalse();
    }

    @Test
    void refusesWhatTheReaderOfMemoryRefuses() throws IOException {
        Path file = folder.resolve("truncated.safetensors");
        byte[] value = Golden.read("batch.safetensors");
        Files.write(file, Arrays.copyOf(value, value.length - 1));

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOfSatisfying(
                        MalformedTensorsException.class,
                        e -> assertThat(e.reason()).isEqualTo(TensorFault.LAYOUT));
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOfSatisfying(
                        MalformedTensorsException.class,
                        e -> assertThat(e.reason()).isEqualTo(TensorFault.BAD_MAGIC));
        assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("absent")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
