package dev.finecomb.sparsity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Saliencies beside the weights on the engine's device, updated in place by engine operations; for devices whose memory the host can't
 * reach. One flat float32 array per buffer holds the whole model, so that a step takes one launch without momentum or decay and at most
 * six with all, however many layers there are; it leaves no array behind and synchronizes nothing. Owns a sub-manager.
 */
public final class DeviceSaliency implements Saliency {
    private final SaliencyRule rule;
    private final DeviceArithmetic arithmetic;
    private final FlatLayout layout;
    private final NDManager manager;
    private final NDArray a;
    private final Optional<NDArray> b; // empty without momentum

    /**
     * Saliencies of 0.
     *
     * @param parent manager on the device that the weights are on; this object's own manager becomes its child
     * @param layout of the layers' weights, in layer order
     */
    public DeviceSaliency(NDManager parent, DeviceArithmetic arithmetic, SaliencyRule rule, FlatLayout layout) {
        this.rule = rule;
        this.arithmetic = arithmetic;
        this.layout = layout;
        this.manager = parent.newSubManager();
        this.a = zeros();
        this.b = rule.hasMomentum() ? Optional.of(zeros()) : Optional.empty();
    }

    private NDArray zeros() {
        return manager.zeros(new Shape(layout.size()), DataType.FLOAT32);
    }

    /**
     * Folds one step's gradient into the saliencies of all layers.
     *
     * @param weights the effective weights w that the forward used, float32, flat in this layout
     * @param gradients g, the loss's gradient of the effective weights, flat in this layout
     */
    public void accumulate(NDArray weights, NDArray gradients) {
        accumulate(weights, gradients, rule.learningRate());
    }

    /** The same with this step's learning rate, for scores that follow a learning-rate schedule. */
    public void accumulate(NDArray weights, NDArray gradients, float learningRate) {
        if (b.isEmpty()) {
            descend(weights, gradients, learningRate);
            return;
        }
        NDArray momentum = b.get();
        momentum.muli(rule.momentum());
        arithmetic.addProduct(momentum, gradients, weights, 1);
        if (rule.weightDecay() != 0) {
            arithmetic.addScaled(momentum, a, rule.weightDecay());
        }
        if (rule.nesterov()) {
            descend(weights, gradients, learningRate);
        }
        arithmetic.addScaled(a, momentum, rule.nesterov() ? -learningRate * rule.momentum() : -learningRate);
    }

    /** a -= learningRate * (g * w + weightDecay * a), by its two addends: their sum would take memory. */
    private void descend(NDArray weights, NDArray gradients, float learningRate) {
        if (rule.weightDecay() != 0) {
            arithmetic.addScaled(a, a, -learningRate * rule.weightDecay());
        }
        arithmetic.addProduct(a, gradients, weights, -learningRate);
    }

    @Override
    public SaliencyRule rule() {
        return rule;
    }

    @Override
    public int layers() {
        return layout.elements().size();
    }

    @Override
    public long elements(int layer) {
        return layout.elements().get(layer);
    }

    @Override
    public void read(SaliencyBuffer buffer, int layer, MemorySegment target) {
        try (NDArray part = part(buffer, layer)) {
            requireSize(layer, target);
            target.copyFrom(MemorySegment.ofBuffer(part.toByteBuffer()));
        }
    }

    @Override
    public void write(SaliencyBuffer buffer, int layer, MemorySegment source) {
        try (NDArray part = part(buffer, layer)) {
            requireSize(layer, source);
            ByteBuffer host = ByteBuffer.allocateDirect(Math.toIntExact(source.byteSize()))
                    .order(ByteOrder.nativeOrder());
            MemorySegment.ofBuffer(host).copyFrom(source);
            try (NDArray staged = manager.create(host, part.getShape(), DataType.FLOAT32)) {
                arithmetic.copy(part, staged);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    /** A view of one layer's part, by layer because a buffer that comes to the host is below 2 GiB. */
    private NDArray part(SaliencyBuffer buffer, int layer) {
        long from = layout.offsets().get(layer);
        return array(buffer).get(new NDIndex("{}:{}", from, from + elements(layer)));
    }

    private NDArray array(SaliencyBuffer buffer) {
        return switch (buffer) {
            case ACCUMULATOR -> a;
            case MOMENTUM ->
                b.orElseThrow(() -> new IllegalArgumentException("a rule without momentum keeps no momenta: " + rule));
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
