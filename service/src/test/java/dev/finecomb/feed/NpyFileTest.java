package dev.finecomb.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bytes here follow numpy.lib.format. */
class NpyFileTest {
    @TempDir
    Path directory;

    private Path write(String name, int version, String header, byte[] data) throws IOException {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer length = ByteBuffer.allocate(version == 1 ? 2 : 4).order(ByteOrder.LITTLE_ENDIAN);
        if (version == 1) {
            length.putShort((short) text.length);
        } else {
            length.putInt(text.length);
        }
        out.writeBytes(length.array());
        out.writeBytes(text);
        out.writeBytes(data);
        return Files.write(directory.resolve(name), out.toByteArray());
    }

    private static byte[] floats(float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        return data.array();
    }

    @Test
    void aPairOfArraysIsCutAlongItsFirstAxis() throws Exception {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(
                "x",
                write(
                        "x.npy",
                        1,
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }   \n",
                        floats(1, 2, 3, 4, 5, 6)));
        files.put(
                "y",
                write("y.npy", 2, "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n", new byte[] {7, 8, 9}));
        try (Samples samples = NpyFile.open(files)) {
            assertThat(samples.count()).isEqualTo(3);
            List<Tensor> cut = samples.cut(1, 2);
            assertThat(cut.getFirst().shape()).containsExactly(2L, 2L);
            assertThat(cut.getFirst().data().getFloat()).isEqualTo(3f);
            assertThat(cut.getLast().dtype()).isEqualTo(DType.U8);
            assertThat(cut.getLast().data().get(1)).isEqualTo((byte) 9);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
                    {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), } ; its header is not that of an array
                    {'descr': '>f4', 'fortran_order': False, 'shape': (1,), }   ; its type is >f4; little-endian
                    {'descr': '<f4', 'fortran_order': True, 'shape': (1,), }    ; it is in Fortran order
                    {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }   ; it is cut off
                    {'descr': '<f4', 'fortran_order': False, 'shape': (), }     ; is a scalar
                    {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } ; its shape (99999999999999999999,) is none
                    {'descr': '<f4', 'fortran_order': False, 'shape': (1 2,), } ; its shape (1 2,) is none
                    """)
    void whatIsNoSuchArrayIsRefusedWithTheRemedy(String header, String complaint) throws IOException {
        Path file = write("bad.npy", 1, header, floats(1));
        assertThatThrownBy(() -> NpyFile.open(Map.of("x", file)))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("bad.npy")
                .hasMessageContaining(complaint);
    }

    @Test
    void otherFilesAndDifferentCountsAreRefused() throws IOException {
        Path text = Files.writeString(directory.resolve("x.npy"), "not an array at all");
        assertThatThrownBy(() -> NpyFile.open(Map.of("x", text))).hasMessageContaining("does not begin as a .npy file");
        Path empty = Files.writeString(directory.resolve("e.npy"), "");
        assertThatThrownBy(() -> NpyFile.open(Map.of("x", empty)))
                .hasMessageContaining("does not begin as a .npy file");
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("x", write("two.npy", 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", floats(1, 2)));
        files.put("y", write("one.npy", 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", floats(1)));
        assertThatThrownBy(() -> NpyFile.open(files)).hasMessageContaining("\"y\" holds 1 samples, but \"x\" holds 2");
    }
}
