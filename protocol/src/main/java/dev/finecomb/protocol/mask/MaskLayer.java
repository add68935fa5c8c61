package dev.finecomb.protocol.mask;

import java.util.BitSet;

/** The mask of one layer in a snapshot. Immutable. */
public final class MaskLayer {
    private final LayerBits bits;

    MaskLayer(LayerBits bits) {
        this.bits = bits;
    }

    /** The weight's name in the model. */
    public String parameter() {
        return bits.parameter();
    }

    /** The weight's shape and groups. */
    public GroupedLayout layout() {
        return bits.layout();
    }

    /** Number of weights that stay. */
    public long kept() {
        return bits.kept();
    }

    /** The bits as they were published: one per weight, least significant first, in grouped order. */
    public LayerBits bits() {
        return bits;
    }

    /** The mask as a bit set in grouped order; only for layers of less than 2^31 weights. */
    public BitSet groupedBits() {
        Math.toIntExact(layout().elements());
        return BitSet.valueOf(bits.bits());
    }

    /** Whether the weight at this index of its own row-major layout stays. */
    public boolean keeps(long weightIndex) {
        return bits.keepsGrouped(layout().groupedIndex(weightIndex));
    }

    /** The mask in the weight's own row-major layout, one byte per weight, 1 where it stays; below 2^31 weights. */
    public byte[] weightMask() {
        GroupedLayout layout = layout();
        byte[] mask = new byte[Math.toIntExact(layout.elements())];
        int inputs = Math.toIntExact(layout.inputChannels());
        int stride = Math.toIntExact(layout.stride());
        int grouped = 0;
        for (long row = 0; row < layout.rows(); row++) {
            int index = (int) layout.rowStart(row);
            for (int input = 0; input < inputs; input++, index += stride, grouped++) {
                mask[index] = (byte) (bits.keepsGrouped(grouped) ? 1 : 0);
            }
        }
        return mask;
    }
}
