package dev.finecomb.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvFileTest {
    private static final CsvForm PLAIN = new CsvForm("", List.of(), "x", "y");

    @TempDir
    Path directory;

    private Samples read(String text, CsvForm form) throws IOException, UnreadableFileException {
        Path file = Files.writeString(directory.resolve("digits.csv"), text, StandardCharsets.UTF_8);
        return CsvFile.read(file, form);
    }

    private static List<Float> floats(Tensor tensor) {
        List<Float> values = new ArrayList<>();
        for (ByteBuffer data = tensor.data(); data.hasRemaining(); ) {
            values.add(data.getFloat());
        }
        return values;
    }

    private static List<Long> longs(Tensor tensor) {
        List<Long> values = new ArrayList<>();
        for (ByteBuffer data = tensor.data(); data.hasRemaining(); ) {
            values.add(data.getLong());
        }
        return values;
    }

    @Test
    void theLastColumnIsAWholeLabelAndTheRestAreInputsInTheirOrder() throws Exception {
        Samples samples = read("1,2.5,7\n-3e1, .5 ,\"8\"\n\n", PLAIN);
        assertThat(samples.count()).isEqualTo(2);
        List<Tensor> all = samples.cut(0, 2);
        assertThat(all).extracting(Tensor::name).containsExactly("x", "y");
        assertThat(all.getFirst().shape()).containsExactly(2L, 2L);
        assertThat(floats(all.getFirst())).containsExactly(1f, 2.5f, -30f, .5f);
        assertThat(all.getLast().dtype()).isEqualTo(DType.I64);
        assertThat(longs(all.getLast())).containsExactly(7L, 8L);
        assertThat(longs(samples.cut(1, 1).getLast())).containsExactly(8L);
    }

    @Test
    void aNamedLabelMayStandAnywhereAndSamplesHaveAShape() throws Exception {
        CsvForm form = new CsvForm("digit", List.of(1L, 2L, 2L), "image", "class");
        List<Tensor> all = read("a,digit,b,c,d\n1,9,2,3,4\n5,8,6,7,8\n", form).cut(0, 2);
        assertThat(all.getFirst().shape()).containsExactly(2L, 1L, 2L, 2L);
        assertThat(floats(all.getFirst())).containsExactly(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
        assertThat(longs(all.getLast())).containsExactly(9L, 8L);
        assertThat(longs(read("9,1\n8,2\n", new CsvForm("1", List.of(), "x", "y"))
                        .cut(0, 2)
                        .getLast()))
                .containsExactly(9L, 8L);
    }

    @Test
    void aByteOrderMarkIsSkipped() throws Exception {
        assertThat(floats(read("\uFEFF1,2\n", PLAIN).cut(0, 1).getFirst())).containsExactly(1f);
        assertThat(longs(read("\uFEFFdigit,a\n9,1\n", new CsvForm("digit", List.of(), "x", "y"))
                        .cut(0, 1)
                        .getLast()))
                .containsExactly(9L);
    }

    @Test
    void oneLabelWithAFractionMakesAllOfThemFloats() throws Exception {
        Tensor labels = read("0,1\n0,2\n0,2.5\n0,3\n", PLAIN).cut(0, 4).getLast();
        assertThat(labels.dtype()).isEqualTo(DType.F32);
        assertThat(floats(labels)).containsExactly(1f, 2f, 2.5f, 3f);
    }

    @Test
    void manyLinesOutgrowEveryBuffer() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(i).append(".5,").append(i).append('\n');
        }
        Samples samples = read(text.toString(), PLAIN);
        assertThat(samples.count()).isEqualTo(5000);
        assertThat(floats(samples.cut(4998, 2).getFirst())).containsExactly(4998.5f, 4999.5f);
        assertThat(longs(samples.cut(4998, 2).getLast())).containsExactly(4998L, 4999L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    1,2,3;4,5        | line 2 has 2 values, those before it 3
                    1,2,3;4,,6       | line 2 column 2 holds ""
                    a,b,y;4,0x1,6    | line 2 column 2 (b) holds "0x1"; a number such as 0.5 is expected
                    1,2;1,1f         | line 2 column 2 holds "1f"
                    1                | line 1 has one column
                    a,2,y;4,1,6      | line 1 column 1 holds "a"; a number such as 0.5 is expected, or a first line of names
                    ;1,,3            | line 2 column 2 holds ""
                    a,b              | holds no samples
                    1,2;"1,2         | open quotation mark
                    """)
    void whatIsNoTableOfNumbersIsRefusedWithItsPlace(String lines, String complaint) {
        assertThatThrownBy(() -> read(lines.replace(';', '\n'), PLAIN))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining("digits.csv")
                .hasMessageContaining(complaint);
    }

    @Test
    void anUnknownLabelColumnAndAWrongShapeAreRefused() {
        assertThatThrownBy(() -> read("a,b\n1,2\n", new CsvForm("c", List.of(), "x", "y")))
                .hasMessageContaining("no label column \"c\"; one of [a, b], or a number from 1 to 2");
        assertThatThrownBy(() -> read("1,2,3,4\n", new CsvForm("", List.of(2L, 2L), "x", "y")))
                .hasMessageContaining("shape [2, 2] takes another number of values than the 3 columns");
    }
}
