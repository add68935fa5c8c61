package dev.finecomb.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.InvalidValueException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {
    @Test
    void fieldsStandCompactInTheOrderOfTheCalls() {
        byte[] json = JsonWriter.object(out -> out.whole("z", 1)
                .text("a", "größe \"\n")
                .real("r", 0.1)
                .flag("f", true)
                .wholes("w", List.of(1L, 2L))
                .object("o", inner -> inner.text("t", ""))
                .objects("s", List.of("x", "y"), (inner, item) -> inner.text("i", item)));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"z\":1,\"a\":\"größe \\\"\\n\",\"r\":0.1,\"f\":true,\"w\":[1,2],\"o\":{\"t\":\"\"},"
                        + "\"s\":[{\"i\":\"x\"},{\"i\":\"y\"}]}");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatJsonCantSayIsNeverWritten(double value) {
        assertThatThrownBy(() -> JsonWriter.object(out -> out.real("loss", value)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith("loss: expected a finite number");
        assertThatThrownBy(() -> Scalar.of(value)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aScalarTextIsMadeSayable() {
        assertThat(Scalar.of("a\uD800b\n")).isEqualTo(new Scalar.Text("a?b\n"));
        assertThat(Scalar.of("x".repeat(Scalar.MAX_TEXT - 1) + "\uD83D\uDE00"))
                .isEqualTo(new Scalar.Text("x".repeat(Scalar.MAX_TEXT - 1)));
        assertThatThrownBy(() -> new Scalar.Text("\uD800")).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void scalarsAreSortedCopies() {
        assertThat(Scalar.sorted(Map.of("b", Scalar.of(1), "a", Scalar.of(true)))
                        .keySet())
                .containsExactly("a", "b");
        assertThatThrownBy(() -> Scalar.sorted(Map.of("", Scalar.of(1)))).isInstanceOf(InvalidValueException.class);
    }
}
