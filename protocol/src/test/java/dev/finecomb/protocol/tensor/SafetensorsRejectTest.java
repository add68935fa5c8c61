package dev.finecomb.protocol.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One value for each thing that can be wrong, and the fault it is refused under. */
class SafetensorsRejectTest {
    private static final Limits LIMITS = new Limits(4096, 1024, 3, 4);

    static Stream<Arguments> framing() {
        return Stream.of(
                arguments(TensorFault.BAD_MAGIC, "empty", new byte[0]),
                arguments(TensorFault.BAD_MAGIC, "shorter than its length", new byte[7]),
                arguments(TensorFault.BAD_MAGIC, "length alone", new byte[8]),
                arguments(TensorFault.BAD_MAGIC, "no opening brace", RawValue.of("[]", 0)),
                arguments(TensorFault.BAD_MAGIC, "space before the brace", RawValue.of(" {}", 0)),
                arguments(TensorFault.TOO_LARGE, "larger than the limit", RawValue.of("{}", 4096)),
                arguments(TensorFault.HEADER_TOO_LARGE, "2^62", RawValue.claiming(1L << 62, "{}", 0)),
                arguments(TensorFault.HEADER_TOO_LARGE, "beyond 2^63", RawValue.claiming(-1, "{}", 0)),
                arguments(TensorFault.HEADER_TOO_LARGE, "one above the limit", RawValue.claiming(1025, "{}", 2000)),
                arguments(TensorFault.LAYOUT, "header longer than the value", RawValue.claiming(3, "{}", 0)),
                arguments(TensorFault.HEADER_SYNTAX, "header cut short", RawValue.claiming(1, "{}", 0)),
                arguments(TensorFault.HEADER_SYNTAX, "header of no bytes", RawValue.claiming(0, "{}", 0)),
                arguments(TensorFault.HEADER_SYNTAX, "malformed UTF-8", RawValue.of(latin1("{\"\u00e9\":1}"), 0)),
                arguments(TensorFault.HEADER_SYNTAX, "overlong UTF-8", RawValue.of(latin1("{\"\u00c0\u00af\":1}"), 0)),
                arguments(
                        TensorFault.HEADER_SYNTAX, "UTF-16", RawValue.of("{}".getBytes(StandardCharsets.UTF_16LE), 0)));
    }

    static Stream<Arguments> headers() {
        String good = "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]";
        return Stream.of(
                arguments(TensorFault.HEADER_SYNTAX, "{} {}", 0),
                arguments(TensorFault.HEADER_SYNTAX, "{}x", 0),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":[]}", 0),
                arguments(TensorFault.HEADER_SYNTAX, "{'a':{" + good + "}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{" + good + "},}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{" + good + "},\"a\":{" + good + "}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{" + good + ",\"dtype\":\"U8\"}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{" + good + ",\"more\":1}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"\\ud83d\":{" + good + "}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]}}", 1),
                arguments(
                        TensorFault.HEADER_SYNTAX, "{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}", 1),
                arguments(
                        TensorFault.HEADER_SYNTAX,
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}",
                        1),
                arguments(
                        TensorFault.HEADER_SYNTAX,
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]}}",
                        1),
                arguments(
                        TensorFault.HEADER_SYNTAX, "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1]}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"a\":{\"dtype\":\"U8\",\"shape\":[[[[[[1]]]]]]}}", 1),
                arguments(TensorFault.HEADER_SYNTAX, "{\"__metadata__\":{\"k\":1}}", 0),
                arguments(TensorFault.HEADER_SYNTAX, "{\"__metadata__\":\"k\"}", 0),
                arguments(TensorFault.HEADER_SYNTAX, "{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                arguments(TensorFault.TOO_LARGE, "{\"__metadata__\":{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\"}}", 0),
                arguments(TensorFault.DTYPE, header("F8_E4M3", "[1]", 0, 1), 1),
                arguments(TensorFault.DTYPE, header("f32", "[1]", 0, 4), 4),
                arguments(TensorFault.SHAPE, header("U8", "[-1]", 0, 1), 1),
                arguments(TensorFault.SHAPE, header("U8", "[9223372036854775808]", 0, 1), 1),
                arguments(TensorFault.SHAPE, header("U8", "[1,1,1,1,1]", 0, 1), 1),
                arguments(TensorFault.SHAPE, header("U8", "[4294967296,4294967296]", 0, 0), 0),
                arguments(TensorFault.SHAPE, header("F64", "[1152921504606846976]", 0, 0), 0),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", 0, 2), 2),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", 1, 0), 1),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", -1, 0), 1),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", 0, 1), 0),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", 0, 1), 2),
                arguments(TensorFault.LAYOUT, header("U8", "[1]", 1, 2), 2),
                arguments(TensorFault.LAYOUT, header("U8", "[9223372036854775807]", 0, Long.MAX_VALUE), 1),
                arguments(TensorFault.LAYOUT, "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}}", 1),
                arguments(TensorFault.LAYOUT, pair(0, 2, 1, 3), 3),
                arguments(TensorFault.LAYOUT, pair(0, 2, 3, 5), 5),
                arguments(TensorFault.LAYOUT, pair(0, 2, 0, 2), 2));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("framing")
    void refusesFraming(TensorFault fault, String what, byte[] value) {
        assertRefused(fault, value);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("headers")
    void refusesHeader(TensorFault fault, String header, int dataBytes) {
        assertRefused(fault, RawValue.of(header, dataBytes));
    }

    @ParameterizedTest(name = "{0} tensors")
    @MethodSource("tensorCounts")
    void boundsTheNumberOfTensors(int count, boolean accepted) throws MalformedTensorsException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            header.append(i == 0 ? "" : ",").append(RawValue.entry("t" + i, "U8", "[1]", i, i + 1));
        }
        byte[] value = RawValue.of(header.append('}').toString(), count);
        if (accepted) {
            assertThat(Safetensors.read(ByteBuffer.wrap(value), LIMITS).tensors())
                    .hasSize(count);
        } else {
            assertRefused(TensorFault.TOO_LARGE, value);
        }
    }

    static Stream<Arguments> tensorCounts() {
        return Stream.of(arguments(0, true), arguments(3, true), arguments(4, false));
    }

    private static void assertRefused(TensorFault fault, byte[] value) {
        assertThatThrownBy(() -> Safetensors.read(ByteBuffer.wrap(value), LIMITS))
                .isInstanceOfSatisfying(MalformedTensorsException.class, e -> {
                    assertThat(e.reason()).as(e.detail()).isEqualTo(fault);
                    assertThat(e.detail()).matches("[ -~]+"); // one printable line
                });
    }

    private static String header(String dtype, String shape, long begin, long end) {
        return "{" + RawValue.entry("a", dtype, shape, begin, end) + "}";
    }

    private static String pair(int firstBegin, int firstEnd, int secondBegin, int secondEnd) {
        return "{" + RawValue.entry("a", "U8", "[2]", firstBegin, firstEnd) + ","
                + RawValue.entry("b", "U8", "[2]", secondBegin, secondEnd) + "}";
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
