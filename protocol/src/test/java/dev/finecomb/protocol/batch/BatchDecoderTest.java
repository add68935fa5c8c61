package dev.finecomb.protocol.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Golden;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchDecoderTest {
    private static final BatchSchema SCHEMA = BatchSchema.of(List.of("x"), List.of("y"));
    private static final String SAFETENSORS = "application/vnd.safetensors";
    private static final String JSON = "application/json";

    @Test
    void decodesTheReferencesBatch() {
        TrainingBatch batch = accepted(SCHEMA.withClasses(10), SAFETENSORS, Golden.read("batch.safetensors"));

        assertThat(batch.samples()).isEqualTo(2);
        assertThat(batch.inputs())
                .containsExactly(Tensors.f32("x", new float[] {0.5f, -1.25f, 3, 1e-3f, 65504, -0.0f}, 2, 3));
        assertThat(batch.labels()).containsExactly(Tensors.i64("y", new long[] {1, 9}, 2));
    }

    @Test
    void decodesImagesAsTheyCame() {
        TrainingBatch batch = accepted(SCHEMA.withClasses(3), "", Golden.read("images.safetensors"));

        assertThat(batch.samples()).isEqualTo(3);
        assertThat(batch.inputs().getFirst().dtype()).isEqualTo(DType.U8);
        assertThat(batch.inputs().getFirst().shape()).containsExactly(3L, 1L, 2L, 2L);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F64", "F32", "F16", "BF16", "U8", "I32", "I64"})
    void takesEachTypeThatBatchesUse(DType dtype) {
        Tensor x = new Tensor("x", dtype, List.of(2L, 3L), ByteBuffer.allocate(6 * dtype.bytes()));
        Tensor y = new Tensor("y", dtype, List.of(2L), ByteBuffer.allocate(2 * dtype.bytes()));

        assertThat(accepted(SCHEMA.withClasses(1), "", BatchEncoder.encode(x, y)))
                .isEqualTo(new TrainingBatch(List.of(x), List.of(y), 2));
    }

    @Test
    void takesSeveralInputsInTheSchemasOrderAndIgnoresOthers() {
        Tensor a = Tensors.f32("a", new float[] {1, 2}, 2);
        Tensor b = Tensors.i64("b", new long[] {3, 4}, 2, 1);
        Tensor target = Tensors.f32("t", new float[] {5, 6}, 2);
        Tensor other = Tensors.u8("other", new byte[] {1, 2, 3}, 3);
        byte[] value = SafetensorsWriter.toBytes(List.of(other, target, b, a), Map.of());

        assertThat(accepted(BatchSchema.of(List.of("a", "b"), List.of("t")), "", value))
                .isEqualTo(new TrainingBatch(List.of(a, b), List.of(target), 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", JSON, "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""})
    void decodesJson(String contentType) {
        byte[] value = json("{\"x\": [[0.5, 1e2], [-3, 4]], \"note\": {\"a\": [[\"b\"]]}, \"y\": [1, 0]}");

        assertThat(accepted(SCHEMA.withClasses(2), contentType, value))
                .isEqualTo(new TrainingBatch(
                        List.of(Tensors.f32("x", new float[] {0.5f, 100, -3, 4}, 2, 2)),
                        List.of(Tensors.i64("y", new long[] {1, 0}, 2)),
                        2));
    }

    @Test
    void jsonLabelsAreFloatsWhenOneIs() {
        byte[] value = json("{\"x\": [1, 2, 3], \"y\": [9007199254740993, -7, 2.5]}");

        TrainingBatch batch = accepted(SCHEMA.withClasses(2), JSON, value);

        assertThat(batch.labels()).containsExactly(Tensors.f32("y", new float[] {0x1p53f, -7, 2.5f}, 3));
        assertThat(batch.inputs()).containsExactly(Tensors.f32("x", new float[] {1, 2, 3}, 3));
    }

    @Test
    void jsonNumbersAreRoundedOnce() {
        String number = "1.00000017881393432617187499"; // just below the middle of two floats
        byte[] value = json("{\"x\": [" + number + "], \"y\": [9223372036854775807]}");

        TrainingBatch batch = accepted(SCHEMA, JSON, value);

        assertThat(batch.inputs().getFirst().data().getFloat()).isEqualTo(Float.parseFloat(number));
        assertThat(batch.labels().getFirst().data().getLong()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void withoutAContentTypeAZeroAmongTheFirstEightBytesMeansSafetensors() {
        byte[] value = json("{\"x\":[1],\"y\":[1]}");
        assertThat(new BatchDecoder(SCHEMA).decode("", value)).isInstanceOf(Decoded.Accepted.class);
        value[7] = 0;
        assertThat(refused(SCHEMA, "", value).reason()).isEqualTo(RejectReason.BAD_MAGIC);
        value[7] = ' ';
        value[8] = 0;
        assertThat(refused(SCHEMA, "", value).reason()).isEqualTo(RejectReason.JSON_SYNTAX);
    }

    @Test
    void infinitiesPassWhenNobodyAsks() {
        byte[] value = json("{\"x\": [1e999, -1e39], \"y\": [0, 0]}");

        TrainingBatch batch = accepted(SCHEMA.withoutFiniteCheck(), JSON, value);

        assertThat(batch.inputs().getFirst().data().getFloat()).isEqualTo(Float.POSITIVE_INFINITY);
    }

    @Test
    void pinningTheFirstBatchFixesTheInputsSampleShape() {
        byte[] first = BatchEncoder.encode(Tensors.u8("x", new byte[6], 2, 3), Tensors.u8("y", new byte[2], 2));
        byte[] more = BatchEncoder.encode(Tensors.u8("x", new byte[3], 1, 3), Tensors.u8("y", new byte[2], 1, 2));
        byte[] other = BatchEncoder.encode(Tensors.u8("x", new byte[4], 2, 2), Tensors.u8("y", new byte[2], 2));

        BatchSchema pinned = SCHEMA.pinnedTo(accepted(SCHEMA, "", first));

        assertThat(pinned.sampleShapes()).isEqualTo(Map.of("x", List.of(3L)));
        assertThat(accepted(pinned, "", more).samples()).isEqualTo(1);
        assertThat(refused(pinned, "", other))
                .isEqualTo(new Decoded.Refused(
                        RejectReason.SHAPE, "tensor 'x' has samples of shape [2]; the model expects [3]"));
    }

    @Test
    void anAxisMayBeLeftOpen() {
        BatchSchema schema = SCHEMA.withSampleShape("x", List.of(BatchSchema.ANY, 2L));
        Tensor y = Tensors.u8("y", new byte[1], 1);

        accepted(schema, "", BatchEncoder.encode(Tensors.u8("x", new byte[10], 1, 5, 2), y));
        Tensor wrong = Tensors.u8("x", new byte[10], 1, 2, 5);
        assertThat(refused(schema, "", BatchEncoder.encode(wrong, y)).reason()).isEqualTo(RejectReason.SHAPE);
    }

    private static TrainingBatch accepted(BatchSchema schema, String contentType, byte[] value) {
        Decoded decoded = new BatchDecoder(schema).decode(contentType, value);
        assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
        return ((Decoded.Accepted) decoded).batch();
    }

    private static Decoded.Refused refused(BatchSchema schema, String contentType, byte[] value) {
        Decoded decoded = new BatchDecoder(schema).decode(contentType, value);
        assertThat(decoded).isInstanceOf(Decoded.Refused.class);
        return (Decoded.Refused) decoded;
    }

    private static byte[] json(String text) {
        return text.getBytes(UTF_8);
    }
}
