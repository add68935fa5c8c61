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

    long rows() {
        return outputs * spatial;
    }

    /** Flat index, in the weight's own layout, of a row's first weight. */
    long rowIndex(long row) {
        return row / spatial * inputs * spatial + row % spatial;
    }

    /** Flat index of a group's first weight; its others follow {@code spatial} elements apart. */
    long groupIndex(long group) {
        if (spatial == 1) {
            return group * m;
        }
        long groupsPerRow = inputs / m;
        return rowIndex(group / groupsPerRow) + group % groupsPerRow * m * spatial;
    }
}
