package dev.finecomb.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteCheckTest {

    @ParameterizedTest
    @EnumSource(DType.class)
    void agreesWithTheOracleOnRandomBits(DType dtype) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            byte[] bits = new byte[random.nextInt(400) * dtype.bytes()];
            random.nextBytes(bits);

            assertAgrees(new Tensor("x", dtype, List.of((long) bits.length / dtype.bytes()), ByteBuffer.wrap(bits)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F16", "BF16"})
    void agreesWithTheOracleOnEveryShort(DType dtype) {
        for (int bits = 0; bits <= 0xffff; bits++) {
            ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
            data.putShort(0, (short) bits);

            assertAgrees(new Tensor("x", dtype, List.of(), data));
        }
    }

    @Test
    void findsTheOnlyNanInALargeTensor() {
        int elements = 10_000;
        for (int at : new int[] {0, 1, 4095, 4096, 8191, 9998, 9999}) {
            ByteBuffer data = ByteBuffer.allocate(elements * 4 + 1).order(ByteOrder.LITTLE_ENDIAN);
            data.putFloat(1 + at * 4, Float.NaN); // unaligned on purpose, as slices of a record are
            Tensor tensor = new Tensor("x", DType.F32, List.of(100L, 100L), data.position(1));

            assertThat(FiniteCheck.firstNonFinite(tensor)).hasValue(at);
        }
    }

    private static void assertAgrees(Tensor tensor) {
        assertThat(FiniteCheck.firstNonFinite(tensor)).isEqualTo(NaiveFinite.firstNonFinite(tensor));
    }
}
