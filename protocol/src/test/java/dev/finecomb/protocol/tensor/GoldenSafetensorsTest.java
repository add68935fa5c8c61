package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference implementation's bytes: read as what they hold, and written again bit by bit. */
class GoldenSafetensorsTest {

    @Test
    void readsTheBatch() throws MalformedTensorsException {
        Safetensors batch = read("batch.safetensors");

        assertThat(batch.tensors()).extracting(Tensor::name).containsExactly("y", "x");
        assertThat(batch.metadata()).isEmpty();
        assertThat(batch.find("x"))
                .contains(Tensors.f32("x", new float[] {0.5f, -1.25f, 3, 1e-3f, 65504, -0.0f}, 2, 3));
        assertThat(batch.find("y")).contains(Tensors.i64("y", new long[] {1, 9}, 2));
        assertThat(batch.find("z")).isEmpty();
    }

    @Test
    void readsImagesAndMetadata() throws MalformedTensorsException {
        Safetensors images = read("images.safetensors");

        assertThat(images.metadata()).isEqualTo(Map.of("source", "made for a test"));
        byte[] pixels = {0, 23, 46, 69, 92, 115, (byte) 138, (byte) 161, (byte) 184, (byte) 207, (byte) 230, (byte) 253
        };
        assertThat(images.find("x")).contains(Tensors.u8("x", pixels, 3, 1, 2, 2));
        assertThat(images.find("y")).contains(Tensors.i32("y", new int[] {0, 2, 1}, 3));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void readsEveryType(DType dtype) throws MalformedTensorsException {
        Tensor tensor = read("types.safetensors").tensors().stream()
                .filter(t -> t.dtype() == dtype && t.shape().equals(List.of(2L)))
                .findFirst()
                .orElseThrow();

        byte[] bytes = new byte[2 * dtype.bytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(bytes));
    }

    @Test
    void readsScalarsEmptyTensorsAndForeignNames() throws MalformedTensorsException {
        Safetensors types = read("types.safetensors");

        assertThat(types.find("scalar")).contains(Tensors.f32("scalar", new float[] {2.5f}));
        assertThat(types.find("none")).contains(Tensors.f32("none", new float[0], 0, 3));
        String name = "gr\u00f6\u00dfe \"\ud83d\udc0d\"";
        assertThat(types.find(name)).contains(Tensors.u8(name, new byte[] {7}, 1, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch.safetensors", "images.safetensors", "types.safetensors"})
    void writesWhatTheReferenceWrote(String name) throws MalformedTensorsException {
        Safetensors value = read(name);

        assertThat(SafetensorsWriter.toBytes(value.tensors(), value.metadata())).isEqualTo(Golden.read(name));
    }

    private static Safetensors read(String name) throws MalformedTensorsException {
        return Safetensors.read(ByteBuffer.wrap(Golden.read(name)), Limits.RECORD);
    }
}
