package dev.finecomb.export;

import java.util.List;

/**
 * Walks a weight [O, I, spatial...] row by row along its input axis, without work per element.
 *
 * @param rows O times spatial
 * @param inputs elements of a row
 * @param stride distance of neighbours in a row: the spatial size
 */
record GroupWalk(long rows, long inputs, long stride) {

    static GroupWalk of(List<Long> shape) {
        long stride = 1;
        for (long axis : shape.subList(2, shape.size())) {
            stride *= axis;
        }
        return new GroupWalk(shape.get(0) * stride, shape.get(1), stride);
    }

    long elements() {
        return rows * inputs;
    }

    /** Index, in the weight's own layout, of a row's first element; rows are in grouped order. */
    long rowStart(long row) {
        return row / stride * inputs * stride + row % stride;
    }
}
