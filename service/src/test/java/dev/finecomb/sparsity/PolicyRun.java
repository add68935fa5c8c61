package dev.finecomb.sparsity;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A trainer without a network: drives a policy and host saliencies over made-up weights and gradients, in the trainer's order. */
final class PolicyRun implements AutoCloseable {
    private static final float WEIGHT_LEARNING_RATE = 0.05f;

    private final MaskPolicy policy;
    private final HostSaliency saliency;
    private final Data data;
    private final List<float[]> weights = new ArrayList<>();

    PolicyRun(MaskPolicy policy, SaliencyRule rule, Data data) {
        this.policy = policy;
        this.data = data;
        List<Long> elements =
                policy.layers().stream().map(layer -> layer.layout().elements()).toList();
        this.saliency = new HostSaliency(rule, elements);
        for (int i = 0; i < elements.size(); i++) {
            weights.add(data.weights(i, Math.toIntExact(elements.get(i))));
        }
    }

    /** Made-up numbers; gradients must depend on nothing but the arguments. */
    interface Data {
        float[] weights(int layer, int elements);

        float[] gradient(int layer, int elements, long step);

        static Data random(long seed) {
            return new Data() {
                @Override
                public float[] weights(int layer, int elements) {
                    return gaussians(seed + layer, elements);
                }

                @Override
                public float[] gradient(int layer, int elements, long step) {
                    return gaussians(seed * 31 + layer * 1_000_003L + step * 7_919L, elements);
                }
            };
        }
    }

    static float[] gaussians(long seed, int elements) {
        Random random = new Random(seed);
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    static LbcPolicy lbc(String pattern, long end, int threads, List<SparseLayer> layers) {
        Pattern parsed = Pattern.parse(pattern);
        return new LbcPolicy(parsed, RemovalSchedule.forLbc(parsed, 0, end, 3), layers, new Workers(threads));
    }

    static LinearPolicy linear(String pattern, long end, int threads, List<SparseLayer> layers) {
        Pattern parsed = Pattern.parse(pattern);
        return new LinearPolicy(parsed, RemovalSchedule.forLinear(parsed, 0, end, 3), layers, new Workers(threads));
    }

    static SparseLayer layer(String name, int m, Long... shape) {
        return new SparseLayer(name, new GroupedLayout(List.of(shape), m));
    }

    /** A linear layer, and a convolution whose groups are strided and whose bits end inside a byte and a word. */
    static List<SparseLayer> layers(int m) {
        return List.of(layer("fc.weight", m, 9L, 2L * m), layer("conv.weight", m, 5L, 3L * m, 3L, 3L));
    }

    void steps(long from, long to) {
        for (long step = from; step < to; step++) {
            step(step);
        }
    }

    void step(long step) {
        if (policy.removalDue(step)) {
            policy.remove(step, values());
            for (int i = 0; i < weights.size(); i++) {
                policy.masks().get(i).zeroDead(MemorySegment.ofArray(weights.get(i)));
            }
        }
        for (int i = 0; i < weights.size(); i++) {
            float[] w = weights.get(i);
            float[] g = data.gradient(i, w.length, step);
            if (!policy.complete()) {
                saliency.accumulate(i, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
            }
            policy.masks().get(i).zeroDead(MemorySegment.ofArray(g));
            for (int k = 0; k < w.length; k++) {
                w[k] -= WEIGHT_LEARNING_RATE * g[k];
            }
        }
    }

    List<LayerValues> values() {
        List<LayerValues> values = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            values.add(new LayerValues(MemorySegment.ofArray(weights.get(i)), saliency.a(i)));
        }
        return values;
    }

    MaskPolicy policy() {
        return policy;
    }

    HostSaliency saliency() {
        return saliency;
    }

    List<float[]> weights() {
        return weights;
    }

    @Override
    public void close() {
        saliency.close();
    }
}
