package dev.finecomb.sparsity;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Saliencies in native host memory, one flat block per buffer for the whole model. All segments are float32 in native byte order, in the
 * weight's own layout. Threads may work on different layers, or on disjoint ranges of one.
 */
public final class HostSaliency implements Saliency {
    private static final long ALIGNMENT = 64;

    private final SaliencyRule rule;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> accumulators;
    private final List<MemorySegment> momenta; // empty without momentum

    /**
     * Saliencies of 0.
     *
     * @param elements weights per layer, in layer order
     */
    public HostSaliency(SaliencyRule rule, List<Long> elements) {
        this.rule = rule;
        this.accumulators = allocate(elements);
        this.momenta = rule.hasMomentum() ? allocate(elements) : List.of();
    }

    /**
     * Folds one step's gradient into a layer's saliencies.
     *
     * @param weights the effective weights w that the forward used
     * @param gradients g, the loss's gradient of the effective weights, not masked
     * @throws IllegalArgumentException if a size differs from the layer's
     */
    public void accumulate(int layer, MemorySegment weights, MemorySegment gradients) {
        accumulate(layer, weights, gradients, rule.learningRate());
    }

    /** The same with this step's learning rate, for scores that follow a learning-rate schedule. */
    public void accumulate(int layer, MemorySegment weights, MemorySegment gradients, float learningRate) {
        accumulateRange(layer, weights, gradients, learningRate, 0, elements(layer));
    }

    /** The same for the weights from {@code from} up to {@code to} only, so that threads can share a layer. */
    public void accumulateRange(
            int layer, MemorySegment weights, MemorySegment gradients, float learningRate, long from, long to) {
        requireSize(layer, weights);
        requireSize(layer, gradients);
        if (rule.nesterov()) {
            nesterov(layer, weights, gradients, learningRate, from, to);
        } else if (rule.hasMomentum()) {
            heavyBall(layer, weights, gradients, learningRate, from, to);
        } else {
            plain(layer, weights, gradients, learningRate, from, to);
        }
    }

    /** A layer's accumulators, live: for a removal, and for loops that fuse the update with the optimizer's. */
    public MemorySegment a(int layer) {
        return accumulators.get(layer);
    }

    /**
     * A layer's momenta, live.
     *
     * @throws IllegalArgumentException if the rule has none
     */
    public MemorySegment b(int layer) {
        return segment(SaliencyBuffer.MOMENTUM, layer);
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
        return accumulators.get(layer).byteSize() / Float.BYTES;
    }

    @Override
    public void read(SaliencyBuffer buffer, int layer, MemorySegment target) {
        requireSize(layer, target);
        target.copyFrom(segment(buffer, layer));
    }

    @Override
    public void write(SaliencyBuffer buffer, int layer, MemorySegment source) {
        requireSize(layer, source);
        segment(buffer, layer).copyFrom(source);
    }

    @Override
    public void close() {
        arena.close();
    }

    private void plain(
            int layer, MemorySegment weights, MemorySegment gradients, float learningRate, long from, long to) {
        MemorySegment a = accumulators.get(layer);
        float decay = rule.weightDecay();
        for (long i = from; i < to; i++) {
            float before = a.getAtIndex(JAVA_FLOAT, i);
            float d = gradients.getAtIndex(JAVA_FLOAT, i) * weights.getAtIndex(JAVA_FLOAT, i) + decay * before;
            a.setAtIndex(JAVA_FLOAT, i, before - learningRate * d);
        }
    }

    private void heavyBall(
            int layer, MemorySegment weights, MemorySegment gradients, float learningRate, long from, long to) {
        MemorySegment a = accumulators.get(layer);
        MemorySegment b = momenta.get(layer);
        float decay = rule.weightDecay();
        float momentum = rule.momentum();
        for (long i = from; i < to; i++) {
            float before = a.getAtIndex(JAVA_FLOAT, i);
            float d = gradients.getAtIndex(JAVA_FLOAT, i) * weights.getAtIndex(JAVA_FLOAT, i) + decay * before;
            float velocity = momentum * b.getAtIndex(JAVA_FLOAT, i) + d;
            b.setAtIndex(JAVA_FLOAT, i, velocity);
            a.setAtIndex(JAVA_FLOAT, i, before - learningRate * velocity);
        }
    }

    private void nesterov(
            int layer, MemorySegment weights, MemorySegment gradients, float learningRate, long from, long to) {
        MemorySegment a = accumulators.get(layer);
        MemorySegment b = momenta.get(layer);
        float decay = rule.weightDecay();
        float momentum = rule.momentum();
        for (long i = from; i < to; i++) {
            float before = a.getAtIndex(JAVA_FLOAT, i);
            float d = gradients.getAtIndex(JAVA_FLOAT, i) * weights.getAtIndex(JAVA_FLOAT, i) + decay * before;
            float velocity = momentum * b.getAtIndex(JAVA_FLOAT, i) + d;
            b.setAtIndex(JAVA_FLOAT, i, velocity);
            a.setAtIndex(JAVA_FLOAT, i, before - learningRate * (d + momentum * velocity));
        }
    }

    private MemorySegment segment(SaliencyBuffer buffer, int layer) {
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
        if (values.byteSize() != accumulators.get(layer).byteSize()) {
            throw new IllegalArgumentException("layer " + layer + " has "
                    + accumulators.get(layer).byteSize() + " bytes of float32, not " + values.byteSize());
        }
    }

    /** One block, sliced per layer; every slice starts on a cache line of its own. */
    private List<MemorySegment> allocate(List<Long> elements) {
        long total = 0;
        for (long count : elements) {
            total += padded(count);
        }
        MemorySegment block = arena.allocate(total, ALIGNMENT);
        List<MemorySegment> slices = new ArrayList<>();
        long offset = 0;
        for (long count : elements) {
            slices.add(block.asSlice(offset, count * Float.BYTES));
            offset += padded(count);
        }
        return List.copyOf(slices);
    }

    private static long padded(long elements) {
        return (elements * Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
