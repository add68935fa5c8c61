package dev.finecomb.export;

import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Asks elements of any type whether they are exactly zero: every bit of them, so that -0.0 is not. */
final class ElementBits {
    private final MemorySegment data;
    private final int width;

    ElementBits(Entry tensor) {
        this.data = tensor.data();
        this.width = tensor.dtype().bytes();
    }

    long elements() {
        return data.byteSize() / width;
    }

    boolean nonzero(long index) {
        return switch (width) {
            case 1 -> data.get(ValueLayout.JAVA_BYTE, index) != 0;
            case 2 -> data.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * 2) != 0;
            case 4 -> data.get(ValueLayout.JAVA_INT_UNALIGNED, index * 4) != 0;
            case 8 -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, index * 8) != 0;
            default -> throw new IllegalStateException("elements of " + width + " bytes");
        };
    }

    long countNonzeros() {
        long count = 0;
        for (long i = 0, end = elements(); i < end; i++) {
            if (nonzero(i)) {
                count++;
            }
        }
        return count;
    }
}
