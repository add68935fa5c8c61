package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Require;
import java.nio.ByteBuffer;

/**
 * The mask of one layer as bits: one per weight, set where the weight stays, least significant bit first, in the grouped
 * order of {@link GroupedLayout}; the bits behind the last weight are 0.
 */
public final class LayerBits {
    /** Longest parameter name. */
    public static final int MAX_PARAMETER_LENGTH = 500;

    private final String parameter;
    private final GroupedLayout layout;
    private final byte[] bits;

    /**
     * Takes the array over: it must not change afterwards.
     *
     * @param parameter the weight's name in the model
     * @param layout the weight's shape and groups
     * @param bits (elements + 7) / 8 bytes
     */
    public LayerBits(String parameter, GroupedLayout layout, byte[] bits) {
        this.parameter = Require.text("parameter", parameter, MAX_PARAMETER_LENGTH);
        this.layout = layout;
        this.bits = bits;
        if (bits.length != bytesFor(layout.elements())) {
            throw new InvalidValueException(
                    "bits of " + parameter, bytesFor(layout.elements()) + " bytes", bits.length + " bytes");
        }
        int used = (int) (layout.elements() % Byte.SIZE);
        if (used != 0 && (bits[bits.length - 1] & 0xff) >>> used != 0) {
            throw new InvalidValueException("bits of " + parameter, "zeros behind the last weight", "a set bit");
        }
    }

    /** The weight's name in the model. */
    public String parameter() {
        return parameter;
    }

    /** The weight's shape and groups. */
    public GroupedLayout layout() {
        return layout;
    }

    /** Read-only view of the bits. */
    public ByteBuffer bits() {
        return ByteBuffer.wrap(bits).asReadOnlyBuffer();
    }

    /** Number of weights that stay. */
    public long kept() {
        long kept = 0;
        for (byte eight : bits) {
            kept += Integer.bitCount(eight & 0xff);
        }
        return kept;
    }

    /** Number of groups that keep exactly {@code n} weights. */
    public long groupsKeeping(int n) {
        int m = layout.m();
        long matching = 0;
        for (long group = 0; group < layout.groups(); group++) {
            matching += Integer.bitCount(group(group * m, m)) == n ? 1 : 0;
        }
        return matching;
    }

    /** Whether the weight at this index in grouped order stays. */
    public boolean keepsGrouped(long groupedIndex) {
        return (bits[(int) (groupedIndex >>> 3)] >>> (groupedIndex & 7) & 1) != 0;
    }

    static long bytesFor(long weights) {
        return weights / Byte.SIZE + (weights % Byte.SIZE == 0 ? 0 : 1);
    }

    byte[] array() {
        return bits;
    }

    /** {@code m} bits from bit {@code start} on; at most 16 bits touch at most 3 bytes. */
    private int group(long start, int m) {
        int first = (int) (start >>> 3);
        int three = 0;
        for (int i = 0; i < 3 && first + i < bits.length; i++) {
            three |= (bits[first + i] & 0xff) << (i * Byte.SIZE);
        }
        return three >>> (start & 7) & ((1 << m) - 1);
    }
}
