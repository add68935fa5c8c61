package dev.finecomb.protocol.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged values are refused with a typed fault or read as something that can be written and read again. */
class SafetensorsFuzzTest {
    private static final int CASES = 20_000;
    private static final Pattern LINE = Pattern.compile("[ -~]+");
    private static final List<byte[]> TOKENS = Stream.of(
                    "0",
                    "9",
                    "-1",
                    "1e9",
                    "9223372036854775807",
                    "18446744073709551616",
                    "[]",
                    "[[[[",
                    "{}",
                    "{",
                    "}",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "\"dtype\":\"F32\"",
                    "\"F64\"",
                    "\"shape\":[1]",
                    "\"data_offsets\":[0,4]",
                    "\"__metadata__\":{\"a\":\"b\"}",
                    ",",
                    ":",
                    "null",
                    "true",
                    "NaN",
                    "\u20ac")
            .map(token -> token.getBytes(UTF_8))
            .toList();

    @Test
    void everyDamageIsATypedFaultOrAnotherValue() throws MalformedTensorsException {
        int survived = 0;
        for (int seed = 0; seed < CASES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] value = damaged(random, seed);
            Safetensors read;
            try {
                read = Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD);
            } catch (MalformedTensorsException e) {
                assertThat(LINE.matcher(e.detail()).matches())
                        .as("seed %d: %s", seed, e.detail())
                        .isTrue();
                continue;
            }
            survived++;
            byte[] again = SafetensorsWriter.toBytes(read.tensors(), read.metadata());
            assertThat(Safetensors.read(ByteBuffer.wrap(again), Limits.RECORD).tensors())
                    .as("seed %d", seed)
                    .isEqualTo(read.tensors());
        }
        assertThat(survived).isBetween(CASES / 100, CASES / 2);
    }

    /** In three of four cases the header's length is set right again, so that the damage reaches the JSON. */
    private static byte[] damaged(SplittableRandom random, int seed) {
        List<Tensor> tensors = new RandomTensors(seed).list();
        byte[] value = SafetensorsWriter.toBytes(tensors, Map.of("k", "v"));
        int dataBytes = tensors.stream().mapToInt(t -> t.data().remaining()).sum();
        byte[] mutated = new Mutations(random, TOKENS).mutate(value);
        return random.nextInt(4) > 0 ? RawValue.reframed(mutated, dataBytes) : mutated;
    }
}
