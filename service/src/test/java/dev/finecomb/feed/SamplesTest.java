package dev.finecomb.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
    @TempDir
    Path directory;

    private Path write(Tensor... tensors) throws Exception {
        return Files.write(directory.resolve("b.safetensors"), SafetensorsWriter.toBytes(List.of(tensors), Map.of()));
    }

    @Test
    void whatIsAskedForIsCutOutOfASafetensorsFile() throws Exception {
        Path file = write(
                Tensors.f32("x", new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
                Tensors.i64("y", new long[] {7, 8, 9}, 3),
                Tensors.f32("other", new float[] {0}, 1));
        try (Samples samples = Samples.ofSafetensors(file, List.of("x", "y"))) {
            assertThat(samples.describe()).isEqualTo("x F32 [3, 2], y I64 [3]");
            List<Tensor> last = samples.cut(2, 1);
            assertThat(last.getFirst().shape()).containsExactly(1L, 2L);
            assertThat(last.getFirst().data().getFloat(4)).isEqualTo(6f);
            assertThat(last.getLast().data().getLong()).isEqualTo(9L);
        }
    }

    @Test
    void filesWithoutUsableTensorsAreRefused() throws Exception {
        Path named = write(Tensors.f32("a", new float[] {1}, 1));
        assertThatThrownBy(() -> Samples.ofSafetensors(named, List.of("x", "y")))
                .hasMessageContaining("it holds none of [x, y] but [a]");
        Path uneven = write(Tensors.f32("x", new float[] {1, 2}, 2), Tensors.i64("y", new long[] {1}, 1));
        assertThatThrownBy(() -> Samples.ofSafetensors(uneven, List.of("x", "y")))
                .hasMessageContaining("\"y\" holds 1 samples, but \"x\" holds 2");
        Path scalar = write(Tensors.f32("x", new float[] {1}));
        assertThatThrownBy(() -> Samples.ofSafetensors(scalar, List.of("x"))).hasMessageContaining("is a scalar");
        Path text = Files.writeString(directory.resolve("t.safetensors"), "no tensors here");
        assertThatThrownBy(() -> Samples.ofSafetensors(text, List.of("x")))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("is no safetensors file");
    }
}
