package dev.finecomb.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records that no batch can be made of, for every reason that a decoder or a step can have. */
final class BadRecords {
    private BadRecords() {}

    /** A value, the content type it claims (empty for none), and why it is refused. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bad(RejectReason reason, String contentType, byte[] value) {
        ProducerRecord<byte[], byte[]> record(String topic) {
            var record = new ProducerRecord<byte[], byte[]>(topic, 0, null, value);
            if (!contentType.isEmpty()) {
                record.headers().add("content-type", contentType.getBytes(UTF_8));
            }
            return record;
        }
    }

    static List<Bad> all(byte[] good) {
        List<Bad> bad = new ArrayList<>();
        bad.add(new Bad(RejectReason.EMPTY, "", new byte[0]));
        bad.add(new Bad(RejectReason.TOO_LARGE, "", new byte[9000]));
        bad.add(new Bad(RejectReason.CONTENT_TYPE, "text/csv", "1,2,3".getBytes(UTF_8)));
        bad.add(new Bad(RejectReason.BAD_MAGIC, "application/vnd.safetensors", new byte[] {1, 2, 3}));
        bad.add(new Bad(RejectReason.HEADER_TOO_LARGE, "application/vnd.safetensors", header(Long.MAX_VALUE, "{}")));
        bad.add(new Bad(RejectReason.HEADER_SYNTAX, "", header(4, "{x:}")));
        bad.add(new Bad(RejectReason.LAYOUT, "", Arrays.copyOf(good, good.length - 8)));
        bad.add(new Bad(RejectReason.JSON_SYNTAX, "application/json", "{\"x\": [[1,".getBytes(UTF_8)));
        bad.add(new Bad(RejectReason.JSON_DEPTH, "", ("{\"x\":" + "[".repeat(50)).getBytes(UTF_8)));
        bad.add(new Bad(RejectReason.DTYPE, "", batch(Tensors.i64("x", new long[16], 1, 16), label(1, 0), "BO")));
        bad.add(new Bad(
                RejectReason.SHAPE, "", BatchEncoder.encode(Tensors.f32("x", new float[7], 1, 7), label(1, 0))));
        bad.add(new Bad(RejectReason.MISSING_TENSOR, "", SafetensorsWriter.toBytes(List.of(label(1, 0)), Map.of())));
        bad.add(new Bad(
                RejectReason.SAMPLE_COUNT, "", SafetensorsWriter.toBytes(List.of(input(2, 1), label(3, 0)), Map.of())));
        bad.add(new Bad(RejectReason.LABEL_RANGE, "", BatchEncoder.encode(input(1, 1), label(1, 10))));
        bad.add(new Bad(RejectReason.NON_FINITE_INPUT, "", BatchEncoder.encode(input(1, Float.NaN), label(1, 0))));
        return bad;
    }

    private static byte[] header(long length, String json) {
        byte[] text = json.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(text)
                .array();
    }

    /** A batch whose input claims another element type. */
    private static byte[] batch(Tensor input, Tensor label, String dtype) {
        String text = new String(BatchEncoder.encode(input, label), java.nio.charset.StandardCharsets.ISO_8859_1);
        String damaged = text.replaceFirst("\"dtype\":\"I64\"", "\"dtype\":\"" + dtype + "9\"");
        return damaged.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static Tensor input(int samples, float value) {
        float[] values = new float[samples * 16];
        Arrays.fill(values, value);
        return Tensors.f32("x", values, samples, 16);
    }

    private static Tensor label(int samples, long value) {
        long[] values = new long[samples];
        Arrays.fill(values, value);
        return Tensors.i64("y", values, samples);
    }
}
