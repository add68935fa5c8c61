package dev.finecomb.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.fuzz.Decoder;
import dev.finecomb.fuzz.Framed;
import dev.finecomb.fuzz.Fuzzer;
import dev.finecomb.fuzz.Mutator;
import dev.finecomb.protocol.tensor.Golden;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged records of both forms are batches that keep every promise, or refusals; the decoder never throws. */
class BatchFuzzTest {
    private static final BatchSchema SCHEMA =
            BatchSchema.of(List.of("x"), List.of("y")).withClasses(10);
    private static final Pattern LINE = Pattern.compile("[ -~]+");
    private static final List<byte[]> WORDS = Mutator.bytes(
            "x",
            "y",
            "\"x\":[[1,2],[3,4]],",
            "\"y\":[1,2],",
            "1e99",
            "10",
            "9",
            "[1,2]",
            "[[1],[2]]",
            "\"x\":[[[[[[[[[[1]]]]]]]]]],");
    private static final List<byte[]> JSON = Mutator.bytes(
            "{\"x\": [[1.5, -2e1], [3, 4]], \"y\": [1, 9]}",
            "{\"y\": [0.25], \"x\": [[[1, 2], [3, 4]]], \"note\": {\"at\": [\"b\\u00e9\", null, true]}}",
            "{\"x\":[1,2,3],\"y\":[[0.5,0.5],[1,0],[0,1]]}");
    private static final List<byte[]> SAFETENSORS = safetensors();
    private static final List<byte[]> CONTENT_TYPES = Mutator.bytes(
            "application/json", "application/vnd.safetensors", "application/json; charset=\"utf-8\"", "text/csv");

    private final Set<RejectReason> reasons = ConcurrentHashMap.newKeySet();

    @Test
    void damagedSafetensors() throws Exception {
        Fuzzer fuzzer = new Fuzzer("batch-safetensors", 12);

        long accepted =
                fuzzer.run(new Service("application/vnd.safetensors"), random -> Framed.mutate(random, SAFETENSORS));

        if (fuzzer.isWhole()) {
            assertThat(accepted).isPositive();
            assertThat(reasons)
                    .contains(
                            RejectReason.BAD_MAGIC,
                            RejectReason.HEADER_TOO_LARGE,
                            RejectReason.HEADER_SYNTAX,
                            RejectReason.LAYOUT,
                            RejectReason.DTYPE,
                            RejectReason.SHAPE,
                            RejectReason.MISSING_TENSOR,
                            RejectReason.LABEL_RANGE,
                            RejectReason.NON_FINITE_INPUT);
        }
    }

    @Test
    void damagedJson() throws Exception {
        Fuzzer fuzzer = new Fuzzer("batch-json", 15);

        long accepted = fuzzer.run(new Service("application/json"), mutated(JSON));

        if (fuzzer.isWhole()) {
            assertThat(accepted).isPositive();
            assertThat(reasons)
                    .contains(
                            RejectReason.JSON_SYNTAX,
                            RejectReason.JSON_DEPTH,
                            RejectReason.SHAPE,
                            RejectReason.MISSING_TENSOR,
                            RejectReason.SAMPLE_COUNT,
                            RejectReason.LABEL_RANGE,
                            RejectReason.NON_FINITE_INPUT);
        }
    }

    @Test
    void damageThatMayChangeTheForm() throws Exception {
        Fuzzer fuzzer = new Fuzzer("batch-any", 3);
        List<byte[]> both = Stream.concat(JSON.stream(), SAFETENSORS.stream()).toList();

        long accepted = fuzzer.run(new Service(""), mutated(both));

        if (fuzzer.isWhole()) {
            assertThat(accepted).isPositive();
            assertThat(reasons).contains(RejectReason.BAD_MAGIC, RejectReason.JSON_SYNTAX);
        }
    }

    @Test
    void damagedContentTypes() throws Exception {
        Fuzzer fuzzer = new Fuzzer("content-type", 1);

        fuzzer.run(
                Decoder.of(
                        RefusedException.class,
                        value -> BatchFormat.of(text(value), new byte[] {'{', '}'}),
                        format -> format.mediaType().getBytes(StandardCharsets.US_ASCII)),
                mutated(CONTENT_TYPES));
    }

    private static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    private static Function<SplittableRandom, byte[]> mutated(List<byte[]> corpus) {
        return random -> new Mutator(random, WORDS).mutate(corpus);
    }

    private static List<byte[]> safetensors() {
        float[] brink = new float[16]; // one bit away from not being numbers
        Arrays.fill(brink, Float.MAX_VALUE);
        return List.of(
                Golden.read("batch.safetensors"),
                Golden.read("images.safetensors"),
                BatchEncoder.encode(Tensors.f32("x", brink, 1, 16), Tensors.u8("y", new byte[1], 1)));
    }

    /** The decoder as the service uses it. */
    private final class Service implements Decoder<TrainingBatch> {
        private final BatchDecoder decoder = new BatchDecoder(SCHEMA);
        private final String contentType;

        Service(String contentType) {
            this.contentType = contentType;
        }

        @Override
        public Optional<TrainingBatch> decode(byte[] value) {
            return switch (decoder.decode(contentType, value)) {
                case Decoded.Accepted(TrainingBatch batch) -> Optional.of(batch);
                case Decoded.Refused(RejectReason reason, String detail) -> {
                    if (!LINE.matcher(detail).matches()) {
                        throw new AssertionError("not one printable line: " + detail);
                    }
                    reasons.add(reason);
                    yield Optional.empty();
                }
            };
        }

        /** What the trainer relies on, looked up element by element. */
        @Override
        public void check(TrainingBatch batch) {
            assertThat(batch.samples()).isPositive();
            assertThat(batch.inputs()).extracting(Tensor::name).containsExactly("x");
            assertThat(batch.labels()).extracting(Tensor::name).containsExactly("y");
            Stream.concat(batch.inputs().stream(), batch.labels().stream()).forEach(tensor -> {
                assertThat(tensor.shape().getFirst()).isEqualTo(batch.samples());
                assertThat(tensor.elements() * tensor.dtype().bytes())
                        .isEqualTo(tensor.data().remaining());
                NaiveFinite.assertFinite(tensor);
            });
            NaiveFinite.assertClasses(batch.labels().getFirst(), 10);
            assertThat(decoder.decode("", BatchEncoder.encode(batch))).isEqualTo(new Decoded.Accepted(batch));
        }
    }
}
