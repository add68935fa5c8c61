package dev.finecomb.sparsity;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.finecomb.protocol.mask.GroupedLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A layer's mask: the union of its groups' survivors, one bit per weight in grouped order, least significant bit first. Immutable.
 * The indices of {@link #keeps} and all segments are in the weight's own layout.
 */
public final class LayerMask {
    private final GroupedLayout layout;
    private final GroupGeometry geometry;
    private final byte[] bits;
    private final long kept;

    private LayerMask(GroupedLayout layout, byte[] bits) {
        this.layout = layout;
        this.geometry = GroupGeometry.of(layout);
        this.bits = bits;
        this.kept = count(bits);
    }

    /** A mask that keeps every weight. */
    public static LayerMask keepingAll(GroupedLayout layout) {
        byte[] bits = new byte[size(layout)];
        Arrays.fill(bits, (byte) 0xFF);
        int used = (int) (layout.elements() & 7);
        if (used != 0) {
            bits[bits.length - 1] = (byte) ((1 << used) - 1);
        }
        return new LayerMask(layout, bits);
    }

    /**
     * A mask from its bits.
     *
     * @param bits one per weight in grouped order, least significant bit first; copied
     * @throws IllegalArgumentException if the length doesn't fit the layout or a bit beyond the last weight is set
     */
    public static LayerMask of(GroupedLayout layout, byte[] bits) {
        int size = size(layout);
        if (bits.length != size) {
            throw new IllegalArgumentException(
                    "a mask of shape " + layout.shape() + " has " + size + " bytes, not " + bits.length);
        }
        int used = (int) (layout.elements() & 7);
        if (used != 0 && (bits[size - 1] & 0xFF) >>> used != 0) {
            throw new IllegalArgumentException("a bit beyond the last weight of shape " + layout.shape() + " is set");
        }
        return new LayerMask(layout, bits.clone());
    }

    /** Takes the array over without a copy or check. */
    static LayerMask owning(GroupedLayout layout, byte[] bits) {
        return new LayerMask(layout, bits);
    }

    /** Bytes that a layout's mask takes. */
    static int size(GroupedLayout layout) {
        return Math.toIntExact((layout.elements() + 7) / 8);
    }

    public GroupedLayout layout() {
        return layout;
    }

    /** A copy of the bits, in grouped order, least significant bit first. */
    public byte[] bits() {
        return bits.clone();
    }

    /** The bits in the weight's own layout, least significant bit first: for loops that walk the weights in memory order. */
    public byte[] bitsInWeightOrder() {
        if (geometry.spatial() == 1) {
            return bits();
        }
        byte[] ordered = new byte[bits.length];
        forEach((index, keeps) -> {
            if (keeps) {
                int at = (int) (index >>> 3);
                ordered[at] = (byte) (ordered[at] | 1 << (index & 7));
            }
        });
        return ordered;
    }

    /** Weights kept. */
    public long kept() {
        return kept;
    }

    /** Weights in the layer. */
    public long elements() {
        return geometry.elements();
    }

    /** Whether the weight at this flat index of its own layout lives. */
    public boolean keeps(long weightIndex) {
        if (weightIndex < 0 || weightIndex >= elements()) {
            throw new IndexOutOfBoundsException(weightIndex);
        }
        return bit(layout.groupedIndex(weightIndex));
    }

    /** The group's mask, bit k for position k; groups count in grouped order. */
    public int group(long group) {
        int union = 0;
        for (int k = 0; k < layout.m(); k++) {
            union |= bit(group * layout.m() + k) ? 1 << k : 0;
        }
        return union;
    }

    /**
     * Sets every dead weight's element to exactly +0.0; for the weights, their gradient and each of the optimizer's moments.
     *
     * @param values float32 in native byte order, in the weight's own layout
     */
    public void zeroDead(MemorySegment values) {
        requireSize(values);
        forEach((index, keeps) -> {
            if (!keeps) {
                values.setAtIndex(JAVA_FLOAT, index, 0f);
            }
        });
    }

    /**
     * Writes the mask as 1 and 0, to be carried to a device.
     *
     * @param target float32 in native byte order, in the weight's own layout
     */
    public void writeTo(MemorySegment target) {
        requireSize(target);
        forEach((index, keeps) -> target.setAtIndex(JAVA_FLOAT, index, keeps ? 1f : 0f));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerMask mask && layout.equals(mask.layout) && Arrays.equals(bits, mask.bits);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(bits);
    }

    @Override
    public String toString() {
        return "LayerMask[" + layout.shape() + ", " + kept + " of " + elements() + " kept]";
    }

    private boolean bit(long groupedIndex) {
        return (bits[(int) (groupedIndex >>> 3)] >>> (groupedIndex & 7) & 1) != 0;
    }

    private void requireSize(MemorySegment values) {
        if (values.byteSize() != elements() * Float.BYTES) {
            throw new IllegalArgumentException("float32 of shape " + layout.shape() + " is " + elements() * Float.BYTES
                    + " bytes, not " + values.byteSize());
        }
    }

    /** Visits every weight's index in its own layout, in grouped order. */
    private void forEach(Visitor visitor) {
        long grouped = 0;
        for (long row = 0; row < geometry.rows(); row++) {
            long index = geometry.rowIndex(row);
            for (long input = 0; input < geometry.inputs(); input++) {
                visitor.visit(index, bit(grouped++));
                index += geometry.spatial();
            }
        }
    }

    private static long count(byte[] bits) {
        long count = 0;
        for (byte octet : bits) {
            count += Integer.bitCount(octet & 0xFF);
        }
        return count;
    }

    @FunctionalInterface
    private interface Visitor {
        void visit(long weightIndex, boolean keeps);
    }
}
