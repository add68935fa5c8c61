package dev.finecomb.protocol.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named array: elements in row-major order, little-endian, as safetensors store them.
 *
 * <p>Immutable as long as nobody writes to the memory that {@code data} was cut from: the tensor is a view of it, not a copy.
 *
 * @param name name within its value
 * @param dtype type of the elements
 * @param shape size of each axis; empty for a scalar
 * @param data exactly the elements' bytes; read-only and little-endian, and each call hands out a view of its own from position 0
 */
public record Tensor(String name, DType dtype, List<Long> shape, ByteBuffer data) {

    /** Throws {@link IllegalArgumentException} unless {@code data} holds exactly the bytes that shape and type ask for. */
    public Tensor {
        shape = List.copyOf(shape);
        data = data.slice().asReadOnlyBuffer();
        Shapes.requireSize(name, dtype, shape, data.capacity());
    }

    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Number of elements. */
    public long elements() {
        return Shapes.elements(shape);
    }
}
