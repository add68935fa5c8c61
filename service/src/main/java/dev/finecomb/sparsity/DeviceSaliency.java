package dev.finecomb.sparsity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Saliencies beside the weights on the engine's device, updated in place by engine operations; for devices whose memory the host can't
 * reach. Owns a sub-manager with one float32 array per layer and buffer; a step leaves no array behind and synchronizes nothing.
 */
public final class DeviceSaliency implements Saliency {
    private final SaliencyRule rule;
    private final NDManager manager;
    private final List<NDArray> accumulators = new ArrayList<>();
    private final List<NDArray> momenta = new ArrayList<>(); // empty without momentum

    /**
     * Saliencies of 0.
     *
     * @param parent manager on the device that the weights are on; this object's own manager becomes its child
     * @param shapes the weights' shapes, in layer order
     */
    public DeviceSaliency(NDManager parent, SaliencyRule rule, List<Shape> shapes) {
        this.rule = rule;
        this.manager = parent.newSubManager();
        for (Shape shape : shapes) {
            accumulators.add(manager.zeros(shape, DataType.FLOAT32));
            if (rule.hasMomentum()) {
                momenta.add(manager.zeros(shape, DataType.FLOAT32));
            }
        }
    }

    /**
     * Folds one step's gradient into a layer's saliencies.
     *
     * @param weights the effective weights w that the forward used, float32
     * @param gradients g, the loss's gradient of the effective weights, not masked, float32
     */
    public void accumulate(int layer, NDArray weights, NDArray gradients) {
        accumulate(layer, weights, gradients, rule.learningRate());
    }

    /** The same with this step's learning rate, for scores that follow a learning-rate schedule. */
    public void accumulate(int layer, NDArray weights, NDArray gradients, float learningRate) {
        NDArray a = accumulators.get(layer);
        try (NDArray d = gradients.mul(weights)) {
            if (rule.weightDecay() != 0) {
                addScaled(d, a, rule.weightDecay());
            }
            if (rule.hasMomentum()) {
                NDArray b = momenta.get(layer);
                b.muli(rule.momentum()).addi(d);
                if (rule.nesterov()) {
                    addScaled(d, b, rule.momentum());
                } else {
                    addScaled(a, b, -learningRate);
                    return;
                }
            }
            addScaled(a, d, -learningRate);
        }
    }

    /** A layer's accumulators, live, on the device. */
    public NDArray a(int layer) {
        return accumulators.get(layer);
    }

    @Override
    public SaliencyRule rule() {
        return rule;
    }

    @Override
    public int layers() {
        return accumulators.size();
    }

    @Override
    public long elements(int layer) {
        return accumulators.get(layer).size();
    }

    @Override
    public void read(SaliencyBuffer buffer, int layer, MemorySegment target) {
        NDArray array = array(buffer, layer);
        requireSize(layer, target);
        target.copyFrom(MemorySegment.ofBuffer(array.toByteBuffer()));
    }

    @Override
    public void write(SaliencyBuffer buffer, int layer, MemorySegment source) {
        NDArray array = array(buffer, layer);
        requireSize(layer, source);
        ByteBuffer host =
                ByteBuffer.allocateDirect(Math.toIntExact(source.byteSize())).order(ByteOrder.nativeOrder());
        MemorySegment.ofBuffer(host).copyFrom(source);
        // Not NDArray.set: on the CPU that makes the array an alias of the buffer.
        try (NDArray staged = manager.create(host, array.getShape(), DataType.FLOAT32)) {
            staged.copyTo(array);
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    private static void addScaled(NDArray target, NDArray addend, float factor) {
        try (NDArray scaled = addend.mul(factor)) {
            target.addi(scaled);
        }
    }

    private NDArray array(SaliencyBuffer buffer, int layer) {
        return switch (buffer) {
            case ACCUMULATOR -> accumulators.get(layer);
            case MOMENTUM -> {
                if (momenta.isEmpty()) {
                    throw new IllegalArgumentException("a rule without momentum keeps no momenta: " + rule);
                }
                yield momenta.get(layer);
            }
        };
    }

    private void requireSize(int layer, MemorySegment values) {
        long bytes = elements(layer) * Float.BYTES;
        if (values.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "layer " + layer + " has " + bytes + " bytes of float32, not " + values.byteSize());
        }
    }
}
