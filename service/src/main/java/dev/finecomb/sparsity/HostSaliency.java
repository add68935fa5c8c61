package dev.finecomb.sparsity;

import dev.finecomb.compute.Descent;
import dev.finecomb.compute.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Saliencies in native host memory, one flat block per buffer for the whole model. All segments are float32 in native byte order, in the
 * weight's own layout. Threads may work on different layers, or on slices of one that don't overlap.
 */
public final class HostSaliency implements Saliency {
    private static final long ALIGNMENT = 64;

    private final Kernels kernels = Kernels.fastest();
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
        requireSize(layer, weights);
        requireSize(layer, gradients);
        accumulate(slice(layer, 0, elements(layer)), weights, gradients, 1, learningRate);
    }

    /**
     * A run of a layer's saliencies, live; threads may work on slices that don't overlap.
     *
     * @param a accumulators
     * @param b momenta; empty without momentum
     */
    public record Slice(MemorySegment a, MemorySegment b) {}

    /** The saliencies of the weights from {@code from} up to {@code to}. */
    public Slice slice(int layer, long from, long to) {
        return new Slice(
                run(accumulators.get(layer), from, to),
                rule.hasMomentum() ? run(momenta.get(layer), from, to) : MemorySegment.NULL);
    }

    private static MemorySegment run(MemorySegment values, long from, long to) {
        return values.asSlice(from * Float.BYTES, (to - from) * Float.BYTES);
    }

    /**
     * Folds one step's gradient of as many weights into a slice.
     *
     * @param scale factor on the gradient
     */
    public void accumulate(Slice slice, MemorySegment weights, MemorySegment gradients, float scale) {
        accumulate(slice, weights, gradients, scale, rule.learningRate());
    }

    private void accumulate(
            Slice slice, MemorySegment weights, MemorySegment gradients, float scale, float learningRate) {
        var descent = new Descent(scale, learningRate, 1, rule.weightDecay(), rule.momentum(), rule.nesterov());
        if (rule.hasMomentum()) {
            kernels.descendProduct(descent, slice.a(), slice.b(), gradients, weights);
        } else {
            kernels.descendProduct(descent, slice.a(), gradients, weights);
        }
    }

    /** A layer's accumulators, live. */
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

    /**
     * A buffer of a layer, live.
     *
     * @throws IllegalArgumentException if the rule has no such buffer
     */
    public MemorySegment segment(SaliencyBuffer buffer, int layer) {
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
