package dev.finecomb.control;

import dev.finecomb.protocol.mask.GroupedLayout;

/** A mask read group by group. */
final class GroupBits {
    private final byte[] bits;
    private final int m;
    private final long rowBits;
    private final int[] positions;

    /** @param bits one a weight in grouped order, least significant first */
    GroupBits(GroupedLayout layout, byte[] bits) {
        this.bits = bits;
        this.m = layout.m();
        this.rowBits = layout.inputChannels();
        this.positions = new int[1 << m];
        for (int live = 1; live < positions.length; live++) {
            int highest = Integer.highestOneBit(live);
            positions[live] = positions[live ^ highest] + Integer.numberOfTrailingZeros(highest);
        }
    }

    /** The group's bits: bit k is 1 where position k lives. At most 16 bits touch at most 3 bytes. */
    int at(long row, long group) {
        long begin = row * rowBits + group * m;
        int first = (int) (begin >>> 3);
        int three = bits[first] & 0xff;
        for (int i = 1; i < 3 && first + i < bits.length; i++) {
            three |= (bits[first + i] & 0xff) << (i * Byte.SIZE);
        }
        return three >>> (begin & 7) & ((1 << m) - 1);
    }

    /** The sum of the positions that live in a group. */
    int positions(int live) {
        return positions[live];
    }
}
