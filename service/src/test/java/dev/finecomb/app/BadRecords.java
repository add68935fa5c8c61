package dev.finecomb.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finecomb.fuzz.Framed;
import dev.finecomb.fuzz.Mutator;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.batch.Decoded;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records that no batch can be made of, for every reason that a decoder or a step can have. */
final class BadRecords {
    private static final List<String> CONTENT_TYPES =
            List.of("", "", "application/vnd.safetensors", "application/json", "image/png");

    /** The decoder that {@link JobWorld}'s jobs have. */
    private static final BatchDecoder DECODER = new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y"))
            .withLimits(Limits.RECORD.withMaxBytes(8192))
            .withClasses(10));

    private BadRecords() {}

    /** A value, the content type it claims (empty for none), and why it is refused. */
    @SuppressWarnings("ArrayRecordComponent")
    record Bad(RejectReason reason, String contentType, byte[] value) {
        /** With a key and headers of the sender's own, which must stay as they are. */
        ProducerRecord<byte[], byte[]> record(String topic) {
            byte[] key = value.length % 3 == 0 ? null : new byte[] {(byte) value.length, 0, -1};
            var record = new ProducerRecord<byte[], byte[]>(topic, 0, key, value);
            record.headers()
                    .add("trace", new byte[] {-1, 0, 1})
                    .add("trace", null)
                    .add("ce_id", new byte[0]);
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

    /** All of the above, then as many random ones as are missing: good ones, damaged until the decoder refuses them. */
    static List<Bad> many(byte[] good, int count, long seed) {
        List<Bad> bad = new ArrayList<>(all(good));
        List<byte[]> sound = List.of(good, "{\"x\": [[1.5, -2e1], [3, 4]], \"y\": [1, 9]}".getBytes(UTF_8));
        SplittableRandom random = new SplittableRandom(seed);
        while (bad.size() < count) {
            byte[] value = random.nextBoolean()
                    ? Framed.mutate(random, List.of(good))
                    : new Mutator(random, Framed.WORDS).mutate(sound);
            String contentType = CONTENT_TYPES.get(random.nextInt(CONTENT_TYPES.size()));
            if (DECODER.decode(contentType, value) instanceof Decoded.Refused(RejectReason reason, String _)) {
                bad.add(new Bad(reason, contentType, value));
            }
        }
        return bad.subList(0, count);
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
