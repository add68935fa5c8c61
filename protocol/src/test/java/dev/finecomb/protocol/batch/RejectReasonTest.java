package dev.finecomb.protocol.batch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.RawValue;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.TensorFault;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of every reason that a decoder can give, in both forms. */
class RejectReasonTest {
    private static final BatchSchema SCHEMA = BatchSchema.of(List.of("x"), List.of("y"))
            .withLimits(new Limits(4096, 1024, 4, 3))
            .withClasses(10)
            .withSampleShape("y", List.of());
    private static final Tensor X = Tensors.f32("x", new float[] {1, 2, 3, 4}, 2, 2);
    private static final Tensor Y = Tensors.i64("y", new long[] {0, 9}, 2);
    private static final Set<RejectReason> GIVEN_BY_TRAINING =
            EnumSet.of(RejectReason.NON_FINITE_LOSS, RejectReason.GRAD_EXPLOSION, RejectReason.QUARANTINED);

    static Stream<Arguments> safetensors() {
        return Stream.of(
                arguments(RejectReason.BAD_MAGIC, "text".getBytes(UTF_8)),
                arguments(RejectReason.HEADER_TOO_LARGE, RawValue.claiming(1L << 40, "{}", 0)),
                arguments(RejectReason.HEADER_SYNTAX, RawValue.of("{\"x\"}", 0)),
                arguments(RejectReason.LAYOUT, RawValue.of("{}", 1)),
                arguments(RejectReason.DTYPE, RawValue.of("{" + RawValue.entry("x", "C64", "[1]", 0, 8) + "}", 8)),
                arguments(RejectReason.DTYPE, value(Tensors.f32("y", new float[2], 2), of("x", DType.BOOL, 2L))),
                arguments(RejectReason.SHAPE, RawValue.of("{" + RawValue.entry("x", "U8", "[-1]", 0, 1) + "}", 1)),
                arguments(RejectReason.SHAPE, value(X, of("y", DType.I64))),
                arguments(RejectReason.SHAPE, value(of("x", DType.F32, 2L, 0L), Y)),
                arguments(RejectReason.SHAPE, value(X, Tensors.i64("y", new long[2], 2, 1))),
                arguments(RejectReason.TOO_LARGE, new byte[4097]),
                arguments(RejectReason.TOO_LARGE, value(X, Y, of("a", DType.U8), of("b", DType.U8), of("c", DType.U8))),
                arguments(RejectReason.EMPTY, new byte[0]),
                arguments(RejectReason.EMPTY, value(of("x", DType.F32, 0L, 2L), of("y", DType.I64, 0L))),
                arguments(RejectReason.MISSING_TENSOR, value(X)),
                arguments(RejectReason.MISSING_TENSOR, value(Y)),
                arguments(RejectReason.SAMPLE_COUNT, value(X, Tensors.i64("y", new long[3], 3))),
                arguments(RejectReason.LABEL_RANGE, value(X, Tensors.i64("y", new long[] {0, 10}, 2))),
                arguments(RejectReason.LABEL_RANGE, value(X, Tensors.i64("y", new long[] {0, Long.MIN_VALUE}, 2))),
                arguments(RejectReason.LABEL_RANGE, value(X, Tensors.i32("y", new int[] {-1, 0}, 2))),
                arguments(RejectReason.LABEL_RANGE, value(X, Tensors.u8("y", new byte[] {0, (byte) 200}, 2))),
                arguments(RejectReason.NON_FINITE_INPUT, value(Tensors.f32("x", new float[] {1, Float.NaN}, 2), Y)),
                arguments(
                        RejectReason.NON_FINITE_INPUT,
                        value(X, Tensors.f64("y", new double[] {Double.NEGATIVE_INFINITY, 0}, 2))));
    }

    static Stream<Arguments> json() {
        return Stream.of(
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [1], \"y\": [1]"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [1], \"y\": [1]} {}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [1], \"y\": [1], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [1], \"y\": [1], \"z\": {\"a\": 1, \"a\": 1}}"),
                arguments(RejectReason.JSON_SYNTAX, "[[1], [1]]"),
                arguments(RejectReason.JSON_SYNTAX, "1"),
                arguments(RejectReason.JSON_SYNTAX, " "),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [NaN], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [null], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [\"1\"], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": {}, \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": null, \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [01], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"x\": [" + "1".repeat(1001) + "], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "{\"z\": \"\u00c0\u00af\", \"x\": [1], \"y\": [1]}"),
                arguments(RejectReason.JSON_SYNTAX, "\u00ef\u00bb\u00bf{\"x\": [1], \"y\": [1]}"),
                arguments(RejectReason.JSON_DEPTH, "{\"x\": [[[[1]]]], \"y\": [1]}"),
                arguments(RejectReason.JSON_DEPTH, "{\"z\": " + "[".repeat(3000)),
                arguments(RejectReason.JSON_DEPTH, "{\"z\": " + "{\"a\":".repeat(4) + "1}}}}}"),
                arguments(RejectReason.SHAPE, "{\"x\": [[1, 2], [3]], \"y\": [0, 0]}"),
                arguments(RejectReason.SHAPE, "{\"x\": [1, [2]], \"y\": [0, 0]}"),
                arguments(RejectReason.SHAPE, "{\"x\": [[], 2], \"y\": [0, 0]}"),
                arguments(RejectReason.SHAPE, "{\"x\": 1, \"y\": 1}"),
                arguments(RejectReason.EMPTY, "{\"x\": [], \"y\": []}"),
                arguments(RejectReason.EMPTY, "{\"x\": [[], []], \"y\": [1, 1]}"),
                arguments(RejectReason.TOO_LARGE, "{\"a\":1,\"b\":1,\"c\":1,\"x\":[1],\"y\":[1]}"),
                arguments(RejectReason.TOO_LARGE, "{\"a\":{\"b\":1,\"c\":{},\"d\":1,\"e\":1},\"x\":[1],\"y\":[1]}"),
                arguments(RejectReason.TOO_LARGE, " ".repeat(4097)),
                arguments(RejectReason.MISSING_TENSOR, "{\"X\": [1], \"y\": [1]}"),
                arguments(RejectReason.SAMPLE_COUNT, "{\"x\": [1, 2], \"y\": [1]}"),
                arguments(RejectReason.LABEL_RANGE, "{\"x\": [1], \"y\": [10]}"),
                arguments(RejectReason.LABEL_RANGE, "{\"x\": [1], \"y\": [9223372036854775808]}"),
                arguments(RejectReason.NON_FINITE_INPUT, "{\"x\": [1e39], \"y\": [1]}"),
                arguments(RejectReason.NON_FINITE_INPUT, "{\"x\": [1], \"y\": [-1e999]}"));
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("safetensors")
    void refusesSafetensors(RejectReason reason, byte[] value) {
        assertRefused(reason, "application/vnd.safetensors", value);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("json")
    void refusesJson(RejectReason reason, String value) {
        assertRefused(reason, "application/json", value.getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/json; charset=utf-16", "application/x-protobuf", ";", "json\u0000"})
    void refusesContentType(String contentType) {
        assertRefused(RejectReason.CONTENT_TYPE, contentType, value(X, Y));
    }

    @Test
    void everyReasonOfTheDecoderIsTriedHere() {
        Set<RejectReason> tried = EnumSet.copyOf(GIVEN_BY_TRAINING);
        tried.add(RejectReason.CONTENT_TYPE);
        Stream.concat(safetensors(), json())
                .forEach(arguments -> tried.add((RejectReason) arguments.get()[0]));

        assertThat(tried).containsExactlyInAnyOrder(RejectReason.values());
    }

    @ParameterizedTest
    @EnumSource(RejectReason.class)
    void everyReasonIsDescribedInOneLine(RejectReason reason) {
        assertThat(reason.description()).matches("[ -~]{20,110}");
    }

    @ParameterizedTest
    @EnumSource(TensorFault.class)
    void faultsKeepTheirNamesAsReasons(TensorFault fault) {
        assertThat(RejectReason.of(fault).name()).isEqualTo(fault.name());
    }

    @Test
    void missingTensorsAreExplainedByWhatIsThere() {
        Decoded.Refused refused =
                (Decoded.Refused) new BatchDecoder(SCHEMA).decode("", "{\"X\": [1], \"Y\\n\": [1]}".getBytes(UTF_8));

        assertThat(refused.detail()).isEqualTo("tensor 'x' is missing; the record holds ['X', 'Y?']");
    }

    private static void assertRefused(RejectReason reason, String contentType, byte[] value) {
        Decoded decoded = new BatchDecoder(SCHEMA).decode(contentType, value);

        assertThat(decoded).isInstanceOfSatisfying(Decoded.Refused.class, refused -> {
            assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
            assertThat(refused.detail()).matches("[ -~]+");
        });
    }

    private static byte[] value(Tensor... tensors) {
        return SafetensorsWriter.toBytes(Arrays.asList(tensors), Map.of());
    }

    private static Tensor of(String name, DType dtype, Long... shape) {
        int elements = (int) Arrays.stream(shape).mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
        return new Tensor(name, dtype, List.of(shape), ByteBuffer.allocate(elements * dtype.bytes()));
    }
}
