package dev.finecomb.protocol.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.tensor.Golden;
import dev.finecomb.protocol.tensor.Mutations;
import dev.finecomb.protocol.tensor.RawValue;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged records of both forms are batches that keep every promise, or refusals; the decoder never throws. */
class BatchFuzzTest {
    private static final int CASES = 20_000;
    private static final BatchSchema SCHEMA =
            BatchSchema.of(List.of("x"), List.of("y")).withClasses(10);
    private static final Pattern LINE = Pattern.compile("[ -~]+");
    private static final List<byte[]> TOKENS = Stream.of(
                    "0",
                    "9",
                    "-1",
                    "1e9",
                    "1e99",
                    "10",
                    "9223372036854775808",
                    "[",
                    "]",
                    "[[]]",
                    "{",
                    "}",
                    "{}",
                    "\"",
                    "\"x\":[[1,2],[3,4]]",
                    "\"y\":[1,2]",
                    "\"\\ud800\"",
                    ",",
                    ":",
                    "null",
                    "true",
                    "NaN",
                    " ",
                    "\u20ac")
            .map(token -> token.getBytes(UTF_8))
            .toList();

    private final BatchDecoder decoder = new BatchDecoder(SCHEMA);

    @Test
    void damagedSafetensors() {
        float[] brink = new float[16]; // one bit away from not being numbers
        Arrays.fill(brink, Float.MAX_VALUE);
        byte[] large = BatchEncoder.encode(Tensors.f32("x", brink, 1, 16), Tensors.u8("y", new byte[1], 1));
        List<byte[]> originals = List.of(Golden.read("batch.safetensors"), Golden.read("images.safetensors"), large);

        assertThat(reasonsUnderDamage("application/vnd.safetensors", originals))
                .contains(
                        RejectReason.BAD_MAGIC,
                        RejectReason.HEADER_TOO_LARGE,
                        RejectReason.HEADER_SYNTAX,
                        RejectReason.LAYOUT,
                        RejectReason.DTYPE,
                        RejectReason.MISSING_TENSOR,
                        RejectReason.LABEL_RANGE,
                        RejectReason.NON_FINITE_INPUT);
    }

    @Test
    void damagedJson() {
        List<byte[]> originals = Stream.of(
                        "{\"x\": [[1.5, -2e1], [3, 4]], \"y\": [1, 9]}",
                        "{\"y\": [0.25], \"x\": [[[1, 2], [3, 4]]], \"note\": {\"at\": [\"b\\u00e9\", null, true]}}")
                .map(text -> text.getBytes(UTF_8))
                .toList();

        assertThat(reasonsUnderDamage("application/json", originals))
                .contains(
                        RejectReason.JSON_SYNTAX,
                        RejectReason.SHAPE,
                        RejectReason.MISSING_TENSOR,
                        RejectReason.SAMPLE_COUNT,
                        RejectReason.LABEL_RANGE,
                        RejectReason.NON_FINITE_INPUT);
    }

    @Test
    void damageThatMayChangeTheForm() {
        List<byte[]> originals = List.of(Golden.read("batch.safetensors"), "{\"x\": [1], \"y\": [1]}".getBytes(UTF_8));

        assertThat(reasonsUnderDamage("", originals)).contains(RejectReason.BAD_MAGIC, RejectReason.JSON_SYNTAX);
    }

    private Set<RejectReason> reasonsUnderDamage(String contentType, List<byte[]> originals) {
        Set<RejectReason> reasons = EnumSet.noneOf(RejectReason.class);
        int accepted = 0;
        for (int seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] original = originals.get(seed % originals.size());
            byte[] value = new Mutations(random, TOKENS).mutate(original);
            if (original[1] == 0
                    && random.nextInt(4) > 0) { // safetensors: let most of the damage reach the header's JSON
                RawValue.reframed(value, original.length - Long.BYTES - Byte.toUnsignedInt(original[0]));
            }
            switch (decoder.decode(contentType, value)) {
                case Decoded.Accepted(TrainingBatch batch) -> {
                    assertPromises(batch, seed);
                    accepted++;
                }
                case Decoded.Refused(RejectReason reason, String detail) -> {
                    assertThat(LINE.matcher(detail).matches())
                            .as("seed %d: %s", seed, detail)
                            .isTrue();
                    reasons.add(reason);
                }
            }
        }
        assertThat(accepted).isBetween(CASES / 200, CASES / 2); // damage that is no damage, and damage that is
        return reasons;
    }

    /** What the trainer relies on, looked up element by element. */
    private static void assertPromises(TrainingBatch batch, int seed) {
        assertThat(batch.samples()).isPositive();
        assertThat(batch.inputs()).extracting(Tensor::name).containsExactly("x");
        assertThat(batch.labels()).extracting(Tensor::name).containsExactly("y");
        Stream.concat(batch.inputs().stream(), batch.labels().stream()).forEach(tensor -> {
            assertThat(tensor.shape().getFirst()).as("seed %d", seed).isEqualTo(batch.samples());
            assertThat(tensor.elements() * tensor.dtype().bytes())
                    .isEqualTo(tensor.data().remaining());
            NaiveFinite.assertFinite(tensor);
        });
        NaiveFinite.assertClasses(batch.labels().getFirst(), 10);
    }
}
