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
    private final NDManager manager;

    StepScope(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /** The manager that owns this step's arrays. */
    public NDManager manager() {
        return manager;
    }

    /**
     * Copies a tensor's bytes into a native array on the model's device, with the tensor's own type and shape.
     *
     * @return an unnamed array: the engine reads a dot in an input's name as a dictionary key
     */
    public NDArray stage(Tensor tensor) {
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        DataType type = DataTypes.of(tensor.dtype());
        if (!manager.getDevice().isGpu()) {
            return fill(manager.create(shape, type), tensor.data());
        }
        try (NDManager host = manager.newSubManager(Device.cpu())) {
            NDArray staged = fill(host.create(shape, type), tensor.data()).toDevice(manager.getDevice(), true);
            staged.attach(manager);
            return staged;
        }
    }

    private static NDArray fill(NDArray array, ByteBuffer bytes) {
        array.toByteBuffer(true).put(bytes.duplicate());
        return array;
    }

    @Override
    public void close() {
        manager.close();
    }
}
