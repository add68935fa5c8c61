package dev.finecomb.sparsity;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import dev.finecomb.protocol.mask.GroupedLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A layer's mask: the union of its groups' survivors, one bit per weight. Immutable. It is held once, in the weight's own layout, because
 * the training pass reads it there at every step; what is published and exported is in grouped order and made on demand.
 */
public final class LayerMask {
    private static final int ONE = Float.floatToRawIntBits(1f);

    private final GroupedLayout layout;
    private final long elements;
    private final long[] words; // in the weight's own layout; bits beyond the last weight are 0
    private final long kept;

    private LayerMask(GroupedLayout layout, long[] words) {
        this.layout = layout;
        this.elements = layout.elements();
        this.words = words;
        this.kept = count(words);
    }

    /** A mask that keeps every weight. */
    public static LayerMask keepingAll(GroupedLayout layout) {
        return new LayerMask(layout, BitWords.allSet(layout.elements()));
    }

    /**
     * A mask from its bits.
     *
     * @param bits one per weight in grouped order, least significant bit first; copied
     * @throws IllegalArgumentException if the length doesn't fit the layout or a bit beyond the last weight is set
     */
    public static LayerMask of(GroupedLayout layout, byte[] bits) {
        int size = BitWords.bytes(layout.elements());
        if (bits.length != size) {
            throw new IllegalArgumentException(
                    "a mask of shape " + layout.shape() + " has " + size + " bytes, not " + bits.length);
        }
        if (BitWords.exceed(bits, layout.elements())) {
            throw new IllegalArgumentException("a bit beyond the last weight of shape " + layout.shape() + " is set");
        }
        long[] grouped = BitWords.of(bits);
        GroupGeometry geometry = GroupGeometry.of(layout);
        return new LayerMask(
                layout,
                geometry.contiguous() ? grouped : geometry.toWeightOrder().of(grouped));
    }

    /** Takes over words in the weight's own layout, without a copy or check. */
    static LayerMask owning(GroupedLayout layout, long[] words) {
        return new LayerMask(layout, words);
    }

    public GroupedLayout layout() {
        return layout;
    }

    /** The bits in grouped order, least significant bit first; made for each call. */
    public byte[] bits() {
        GroupGeometry geometry = GroupGeometry.of(layout);
        long[] grouped =
                geometry.contiguous() ? words : geometry.toGroupedOrder().of(words);
        return BitWords.toBytes(grouped, elements);
    }

    /** The bits in the weight's own layout, for loops that walk the weights in memory order; a view. */
    public Mask inWeightOrder() {
        return Mask.of(words);
    }

    /** Weights kept. */
    public long kept() {
        return kept;
    }

    /** Weights in the layer. */
    public long elements() {
        return elements;
    }

    /** Whether the weight at this flat index of its own layout lives. */
    public boolean keeps(long weightIndex) {
        if (weightIndex < 0 || weightIndex >= elements) {
            throw new IndexOutOfBoundsException(weightIndex);
        }
        return inWeightOrder().isAlive(weightIndex);
    }

    /** The group's mask, bit k for position k; groups count in grouped order. */
    public int group(long group) {
        int union = 0;
        for (int k = 0; k < layout.m(); k++) {
            union |= keeps(layout.weightIndex(group * layout.m() + k)) ? 1 << k : 0;
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
        Kernels.fastest().zeroDead(values, inWeightOrder());
    }

    /**
     * Writes the mask as 1 and 0, to be carried to a device.
     *
     * @param target float32 in native byte order, in the weight's own layout
     */
    public void writeTo(MemorySegment target) {
        requireSize(target);
        for (int word = 0; word < words.length; word++) {
            long first = (long) word * Long.SIZE;
            int count = (int) Math.min(Long.SIZE, elements - first);
            for (int i = 0; i < count; i++) {
                target.setAtIndex(JAVA_INT, first + i, -(int) (words[word] >>> i & 1) & ONE);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerMask mask && layout.equals(mask.layout) && Arrays.equals(words, mask.words);
    }

    @Override
    public int hashCode() {
        return 31 * layout.hashCode() + Arrays.hashCode(words);
    }

    @Override
    public String toString() {
        return "LayerMask[" + layout.shape() + ", " + kept + " of " + elements + " kept]";
    }

    private void requireSize(MemorySegment values) {
        if (values.byteSize() != elements * Float.BYTES) {
            throw new IllegalArgumentException("float32 of shape " + layout.shape() + " is " + elements * Float.BYTES
                    + " bytes, not " + values.byteSize());
        }
    }

    private static long count(long[] words) {
        long count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }
}
