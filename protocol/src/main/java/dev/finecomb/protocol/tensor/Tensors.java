package dev.finecomb.protocol.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Makes tensors from Java arrays; each copies the array. */
public final class Tensors {
    private Tensors() {}

    public static Tensor f32(String name, float[] values, long... shape) {
        ByteBuffer data = bytes(values.length, Float.BYTES);
        data.asFloatBuffer().put(values);
        return new Tensor(name, DType.F32, list(shape), data);
    }

    public static Tensor f64(String name, double[] values, long... shape) {
        ByteBuffer data = bytes(values.length, Double.BYTES);
        data.asDoubleBuffer().put(values);
        return new Tensor(name, DType.F64, list(shape), data);
    }

    public static Tensor i64(String name, long[] values, long... shape) {
        ByteBuffer data = bytes(values.length, Long.BYTES);
        data.asLongBuffer().put(values);
        return new Tensor(name, DType.I64, list(shape), data);
    }

    public static Tensor i32(String name, int[] values, long... shape) {
        ByteBuffer data = bytes(values.length, Integer.BYTES);
        data.asIntBuffer().put(values);
        return new Tensor(name, DType.I32, list(shape), data);
    }

    public static Tensor u8(String name, byte[] values, long... shape) {
        return new Tensor(name, DType.U8, list(shape), ByteBuffer.wrap(values.clone()));
    }

    private static ByteBuffer bytes(int elements, int size) {
        return ByteBuffer.allocate(Math.multiplyExact(elements, size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<Long> list(long... shape) {
        return Arrays.stream(shape).boxed().toList();
    }
}
