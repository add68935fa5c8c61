package dev.finecomb.model;

import dev.finecomb.protocol.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * One parameter or buffer of an archived module.
 *
 * @param name its name in the state dict, such as {@code bn1.running_mean}
 * @param dtype its element type
 * @param shape its axes; empty for a scalar
 * @param kind trained by the optimizer, or kept up to date by the module itself
 * @param owner the simple class name of the module that declares it, such as {@code Conv2d}
 * @param placement where its elements lie
 */
public record ArchivedTensor(String name, DType dtype, List<Long> shape, Kind kind, String owner, Placement placement) {

    /** How a tensor takes part in training. */
    public enum Kind {
        /** Gets a gradient and an optimizer update. */
        PARAMETER,
        /** State such as running statistics, which a forward pass in training mode updates. */
        BUFFER
    }

    /**
     * Where a tensor's elements lie in the archive.
     *
     * @param storage the archive's key of the storage; tensors with the same key share memory
     * @param offset the first element's index in the storage
     * @param strides per axis, the distance of neighbours in elements
     * @param bytes the whole storage, read-only, little-endian
     */
    public record Placement(String storage, long offset, List<Long> strides, MemorySegment bytes) {
        /** Copies the list. */
        public Placement {
            strides = List.copyOf(strides);
        }
    }

    /** Copies the list. */
    public ArchivedTensor {
        shape = List.copyOf(shape);
    }

    /** The number of elements. */
    public long elements() {
        return StridedLayout.of(this).elements();
    }

    /** Whether the storage holds the elements in row-major order without gaps, so that they can be updated as one run. */
    public boolean isContiguous() {
        return StridedLayout.of(this).contiguous();
    }

    /** Whether both are the very same elements of the same storage, as tied weights are. */
    public boolean sameElements(ArchivedTensor other) {
        return dtype == other.dtype
                && shape.equals(other.shape)
                && placement.storage().equals(other.placement.storage())
                && placement.offset() == other.placement.offset()
                && placement.strides().equals(other.placement.strides());
    }

    /** The elements in row-major order without gaps, little-endian, read-only; a view where the archive holds them so. */
    public MemorySegment contiguous() {
        return StridedLayout.of(this).gather(placement.bytes()).asReadOnly();
    }

    /**
     * {@link #contiguous()} as a buffer.
     *
     * @throws UnsupportedOperationException above 2 GiB
     */
    public ByteBuffer data() {
        return contiguous().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
