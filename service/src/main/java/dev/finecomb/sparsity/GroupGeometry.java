package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.GroupedLayout;

/**
 * Where the groups of a weight {@code [O, I, spatial...]} lie in memory, as plain numbers for inner loops. A row is one O and one
 * spatial position: {@code inputs} weights, {@code spatial} elements apart. The grouped order is row after row.
 */
record GroupGeometry(long outputs, long inputs, long spatial, int m) {
    static GroupGeometry of(GroupedLayout layout) {
        long outputs = layout.shape().get(0);
        long inputs = layout.shape().get(1);
        return new GroupGeometry(outputs, inputs, layout.stride(), layout.m());
    }

    long elements() {
        return outputs * inputs * spatial;
    }

    long groups() {
        return elements() / m;
    }

    /** Whether grouped order is the weight's own. */
    boolean contiguous() {
        return spatial == 1;
    }

    long groupsPerRow() {
        return inputs / m;
    }

    /** Flat index of a group's first weight; its others follow {@code spatial} elements apart. */
    long groupIndex(long group) {
        if (contiguous()) {
            return group * m;
        }
        long row = group / groupsPerRow();
        long rowIndex = row / spatial * inputs * spatial + row % spatial;
        return rowIndex + group % groupsPerRow() * m * spatial;
    }

    /** From bits in grouped order to bits in the weight's own. */
    BitTransposition toWeightOrder() {
        return new BitTransposition(outputs, spatial, inputs);
    }

    /** The inverse of {@link #toWeightOrder}. */
    BitTransposition toGroupedOrder() {
        return new BitTransposition(outputs, inputs, spatial);
    }
}
