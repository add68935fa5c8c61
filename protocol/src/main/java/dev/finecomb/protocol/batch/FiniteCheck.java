package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * Searches floating-point tensors for infinities and NaNs.
 *
 * <p>In each IEEE type, and in BF16, a value is not finite exactly when its bits without the sign, read as an integer, are at
 * least those of infinity. So a block is clean when its greatest such integer is below infinity's: one branchless pass that
 * vectorizes. Only a block that is not clean is searched element by element.
 */
final class FiniteCheck {
    private static final int BLOCK = 4096; // elements

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long INFINITE_F64 = 0x7ff0_0000_0000_0000L;
    private static final int INFINITE_F32 = 0x7f80_0000;
    private static final int INFINITE_F16 = 0x7c00;
    private static final int INFINITE_BF16 = 0x7f80;

    private FiniteCheck() {}

    /** Row-major index of the first element that is infinite or NaN; empty if there is none, as in every integer tensor. */
    static OptionalLong firstNonFinite(Tensor tensor) {
        MemorySegment data = MemorySegment.ofBuffer(tensor.data());
        long elements = tensor.elements();
        for (long from = 0; from < elements; from += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - from);
            if (!clean(tensor.dtype(), data, from, count)) {
                long at = from;
                while (clean(tensor.dtype(), data, at, 1)) {
                    at++;
                }
                return OptionalLong.of(at);
            }
        }
        return OptionalLong.empty();
    }

    private static boolean clean(DType dtype, MemorySegment data, long from, int count) {
        return switch (dtype) {
            case F64 -> greatestLong(data, from, count) < INFINITE_F64;
            case F32 -> greatestInt(data, from, count) < INFINITE_F32;
            case F16 -> areBelow(INFINITE_F16, data, from, count);
            case BF16 -> areBelow(INFINITE_BF16, data, from, count);
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> true;
        };
    }

    private static long greatestLong(MemorySegment data, long from, int count) {
        long greatest = 0;
        for (int i = 0; i < count; i++) {
            greatest = Math.max(greatest, data.getAtIndex(LONG, from + i) & Long.MAX_VALUE);
        }
        return greatest;
    }

    private static int greatestInt(MemorySegment data, long from, int count) {
        int greatest = 0;
        for (int i = 0; i < count; i++) {
            greatest = Math.max(greatest, data.getAtIndex(INT, from + i) & Integer.MAX_VALUE);
        }
        return greatest;
    }

    /**
     * Whether all values of two bytes are below infinity: two of them a turn, as there are no short integers that a processor
     * could take the greater of side by side. The sum of such a value and what infinity lacks to 2^15 has that bit exactly
     * when the value is not finite, and carries nothing into its neighbour.
     */
    private static boolean areBelow(int infinity, MemorySegment data, long from, int count) {
        int missing = (0x8000 - infinity) * 0x0001_0001;
        long start = from * Short.BYTES;
        int pairs = count / 2;
        int sums = 0;
        for (int i = 0; i < pairs; i++) {
            sums |= (data.get(INT, start + (long) i * Integer.BYTES) & 0x7fff_7fff) + missing;
        }
        if (count % 2 == 1) {
            sums |= (data.getAtIndex(SHORT, from + count - 1) & Short.MAX_VALUE) + (missing & 0xffff);
        }
        return (sums & 0x8000_8000) == 0;
    }
}
