package dev.finecomb.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * How a tensor's row-major elements are spread over its storage.
 *
 * @param shape elements per axis
 * @param strides distance of neighbours per axis, in elements
 * @param offset the first element's index
 * @param width bytes of one element
 */
record StridedLayout(List<Long> shape, List<Long> strides, long offset, int width) {

    static StridedLayout of(ArchivedTensor tensor) {
        ArchivedTensor.Placement placement = tensor.placement();
        return new StridedLayout(
                tensor.shape(),
                placement.strides(),
                placement.offset(),
                tensor.dtype().bytes());
    }

    long elements() {
        long elements = 1;
        for (long axis : shape) {
            elements = Math.multiplyExact(elements, axis);
        }
        return elements;
    }

    /** One past the highest element index that the tensor touches; its offset if it has no elements. */
    long end() {
        long last = offset;
        for (int axis = 0; axis < shape.size(); axis++) {
            if (shape.get(axis) == 0) {
                return offset;
            }
            last = Math.addExact(last, Math.multiplyExact(shape.get(axis) - 1, strides.get(axis)));
        }
        return Math.addExact(last, 1);
    }

    boolean contiguous() {
        long expected = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            if (shape.get(axis) != 1 && strides.get(axis) != expected) {
                return false;
            }
            expected = Math.multiplyExact(expected, shape.get(axis));
        }
        return true;
    }

    /** The elements in row-major order: a view of the storage if they lie so, else a copy. */
    MemorySegment gather(MemorySegment storage) {
        long bytes = elements() * width;
        if (contiguous() || bytes == 0) {
            return storage.asSlice(bytes == 0 ? 0 : offset * width, bytes);
        }
        MemorySegment rows = Arena.ofAuto().allocate(bytes, Long.BYTES);
        copy(storage, rows, false);
        return rows;
    }

    /** Writes row-major elements to their places in the storage. */
    void scatter(MemorySegment rows, MemorySegment storage) {
        if (rows.byteSize() == 0) {
            return;
        }
        if (contiguous()) {
            MemorySegment.copy(rows, 0, storage, offset * width, rows.byteSize());
        } else {
            copy(storage, rows, true);
        }
    }

    private void copy(MemorySegment storage, MemorySegment rows, boolean intoStorage) {
        long[] index = new long[shape.size()];
        long at = offset;
        for (long row = 0, count = elements(); row < count; row++) {
            if (intoStorage) {
                MemorySegment.copy(rows, row * width, storage, at * width, width);
            } else {
                MemorySegment.copy(storage, at * width, rows, row * width, width);
            }
            for (int axis = index.length - 1; axis >= 0; axis--) {
                at += strides.get(axis);
                if (++index[axis] < shape.get(axis)) {
                    break;
                }
                at -= strides.get(axis) * shape.get(axis);
                index[axis] = 0;
            }
        }
    }
}
