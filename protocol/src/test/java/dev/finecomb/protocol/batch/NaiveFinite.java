package dev.finecomb.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** The oracle for values: one element after the other, through Java's own floating point. */
final class NaiveFinite {
    private NaiveFinite() {}

    static OptionalLong firstNonFinite(Tensor tensor) {
        ByteBuffer data = tensor.data();
        for (int i = 0; i < tensor.elements(); i++) {
            int at = i * tensor.dtype().bytes();
            boolean finite = switch (tensor.dtype()) {
                case F64 -> Double.isFinite(data.getDouble(at));
                case F32 -> Float.isFinite(data.getFloat(at));
                case F16 -> Float.isFinite(Float.float16ToFloat(data.getShort(at)));
                case BF16 -> Float.isFinite(Float.intBitsToFloat(data.getShort(at) << 16));
                case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> true;
            };
            if (!finite) {
                return OptionalLong.of(i);
            }
        }
        return OptionalLong.empty();
    }

    static void assertFinite(Tensor tensor) {
        assertThat(firstNonFinite(tensor)).isEmpty();
    }

    static void assertClasses(Tensor labels, long classes) {
        ByteBuffer data = labels.data();
        for (int i = 0; i < labels.elements(); i++) {
            if (labels.dtype() == DType.I64) {
                assertThat(data.getLong(i * 8)).isBetween(0L, classes - 1);
            } else if (labels.dtype() == DType.I32) {
                assertThat((long) data.getInt(i * 4)).isBetween(0L, classes - 1);
            } else if (labels.dtype() == DType.U8) {
                assertThat((long) (data.get(i) & 0xff)).isBetween(0L, classes - 1);
            }
        }
    }
}
