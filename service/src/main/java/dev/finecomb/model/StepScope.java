package dev.finecomb.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * The native arrays of one step. Everything a step creates hangs on this scope's manager and is freed when it closes, so
 * the number of native arrays alive is the same after every step.
 */
public final class StepScope implements AutoCloseable {
    /** Of the engine's own arrays: what it computes of others may differ in the last bit. */
    private static final int ALIGNMENT = 64;

    private final NDManager manager;

    StepScope(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /** The manager that owns this step's arrays. */
    public NDManager manager() {
        return manager;
    }

    /**
     * Makes a native array on the model's device of a tensor's bytes, with the tensor's own type and shape. On the host it is
     * the tensor's own memory if that lies outside the heap as the engine's would, and else a copy; so the memory must stay
     * as it is until the scope closes.
     *
     * <p>Memory outside the heap that is aligned as the engine's own is not copied: a module that works on its input in place
     * then writes to it.
     *
     * @return an unnamed array: the engine reads a dot in an input's name as a dictionary key
     */
    public NDArray stage(Tensor tensor) {
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        DataType type = DataTypes.of(tensor.dtype());
        if (!manager.getDevice().isGpu()) {
            return onHost(manager, shape, type, tensor.data());
        }
        try (NDManager host = manager.newSubManager(Device.cpu())) {
            NDArray staged = onHost(host, shape, type, tensor.data()).toDevice(manager.getDevice(), true);
            staged.attach(manager);
            return staged;
        }
    }

    private static NDArray onHost(NDManager host, Shape shape, DataType type, ByteBuffer bytes) {
        if (bytes.isDirect() && bytes.alignmentOffset(0, ALIGNMENT) == 0) {
            return host.create(bytes, shape, type);
        }
        NDArray array = host.create(shape, type);
        array.toByteBuffer(true).put(bytes);
        return array;
    }

    @Override
    public void close() {
        manager.close();
    }
}
