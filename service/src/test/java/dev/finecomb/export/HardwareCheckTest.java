package dev.finecomb.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.export.ExportClaims.Role;
import dev.finecomb.export.TensorProof.Hardware;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class HardwareCheckTest {
    private static final List<Long> SQUARE = List.of(32L, 32L);

    @Test
    void countsInsteadOfReadingTheName() {
        assertThat(check(DType.F16, SQUARE, i -> i % 4 < 2)).isEqualTo(new Hardware(true, "as it is"));
        assertThat(check(DType.F32, SQUARE, i -> i % 4 < 2))
                .isEqualTo(new Hardware(true, "after a cast to F16 or BF16"));
        assertThat(check(DType.BF16, SQUARE, i -> i % 4 == 3).twoOfFour())
                .as("1:4")
                .isTrue();
        assertThat(check(DType.F16, SQUARE, i -> i % 8 < 4))
                .as("4:8, packed")
                .isEqualTo(new Hardware(false, "group 0 of 4 has 4 nonzeros"));
        assertThat(check(DType.F16, SQUARE, i -> i % 8 == 1 || i % 8 == 2 || i % 8 == 5 || i % 8 == 7)
                        .twoOfFour())
                .as("4:8 that happens to be 2:4")
                .isTrue();
        assertThat(check(DType.F16, SQUARE, i -> false).twoOfFour())
                .as("all zero")
                .isTrue();
        assertThat(check(DType.F16, SQUARE, i -> true).twoOfFour()).as("dense").isFalse();
    }

    @Test
    void looksAtTypeAndShape() {
        assertThat(check(DType.F64, SQUARE, i -> false).reason()).contains("don't take F64");
        assertThat(check(DType.F16, List.of(32L, 24L), i -> false).reason()).contains("32 by 24 is not a multiple");
        assertThat(check(DType.F16, List.of(8L, 32L), i -> false).reason()).contains("8 by 32 is not a multiple");
        assertThat(check(DType.I8, List.of(16L, 32L), i -> false).reason()).contains("multiple of 32 by 32");
        assertThat(check(DType.F16, List.of(32L, 6L), i -> false).reason()).contains("not divisible by 4");
        assertThat(check(DType.F16, List.of(32L), i -> false).reason()).contains("not divisible by 4");
        assertThat(HardwareCheck.check(entry(DType.F16, SQUARE, i -> false), Role.OTHER)
                        .reason())
                .contains("not the weight of a linear or convolution");
    }

    @Test
    void groupsOfAConvolutionRunAlongItsInputChannels() {
        List<Long> shape = List.of(16L, 4L, 2L, 2L);
        assertThat(check(DType.F16, shape, i -> i / 4 % 4 < 2).twoOfFour()).isTrue();
        assertThat(check(DType.F16, shape, i -> i % 4 < 2).twoOfFour()).isFalse();
    }

    private static Hardware check(DType dtype, List<Long> shape, IntPredicate nonzero) {
        return HardwareCheck.check(entry(dtype, shape, nonzero), Role.DENSE_WEIGHT);
    }

    private static Entry entry(DType dtype, List<Long> shape, IntPredicate nonzero) {
        int elements = shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
        byte[] bytes = new byte[elements * dtype.bytes()];
        for (int i = 0; i < elements; i++) {
            bytes[i * dtype.bytes()] = (byte) (nonzero.test(i) ? 1 : 0);
        }
        return new Entry("w", dtype, shape, MemorySegment.ofArray(bytes));
    }
}
