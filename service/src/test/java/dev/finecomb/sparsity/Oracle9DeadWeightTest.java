package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Oracle 9, the policy's part: when a removal zeroes dead weights and their optimizer moments and every gradient is masked, dead weights
 * stay bit-exact +0.0 under further optimizer steps, momentum and weight decay included.
 */
class Oracle9DeadWeightTest {
    private static final int FURTHER_STEPS = 1000;
    private static final float RATE = 0.01f;
    private static final float DECAY = 0.1f;

    @Test
    void staysExactlyZeroUnderSgdWithMomentumAndWeightDecay() {
        holds((w, g, first, second) -> {
            for (int i = 0; i < w.length; i++) {
                first[i] = 0.9f * first[i] + g[i] + DECAY * w[i];
                w[i] -= RATE * first[i];
            }
        });
    }

    @Test
    void staysExactlyZeroUnderAdamWithDecoupledWeightDecay() {
        holds((w, g, first, second) -> {
            for (int i = 0; i < w.length; i++) {
                first[i] = 0.9f * first[i] + 0.1f * g[i];
                second[i] = 0.999f * second[i] + 0.001f * g[i] * g[i];
                w[i] -= RATE * DECAY * w[i];
                w[i] -= RATE * first[i] / ((float) Math.sqrt(second[i]) + 1e-8f);
            }
        });
    }

    private static void holds(Optimizer optimizer) {
        LbcPolicy policy = PolicyRun.lbc("2:4", 30, 1, List.of(PolicyRun.layer("conv.weight", 4, 6L, 8L, 3L, 3L)));
        int elements = 6 * 8 * 9;
        float[] w = PolicyRun.gaussians(1, elements);
        float[] first = new float[elements];
        float[] second = new float[elements];
        try (HostSaliency saliency = new HostSaliency(new SaliencyRule(0.1f, 0.9f, 0), List.of((long) elements))) {
            for (long step = 0; step < 31 + FURTHER_STEPS; step++) {
                if (policy.removalDue(step)) {
                    policy.remove(step, List.of(new LayerValues(MemorySegment.ofArray(w), saliency.a(0))));
                    for (float[] values : List.of(w, first, second)) {
                        policy.masks().getFirst().zeroDead(MemorySegment.ofArray(values));
                    }
                }
                float[] g = PolicyRun.gaussians(step, elements);
                g[0] = -0f;
                if (!policy.complete()) {
                    saliency.accumulate(0, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
                }
                policy.masks().getFirst().zeroDead(MemorySegment.ofArray(g));
                optimizer.step(w, g, first, second);
            }
        }
        LayerMask mask = policy.masks().getFirst();
        assertThat(mask.kept()).isEqualTo(elements / 2);
        for (int i = 0; i < elements; i++) {
            assertThat(mask.keeps(i) || Float.floatToRawIntBits(w[i]) == 0)
                    .as("weight %d", i)
                    .isTrue();
        }
    }

    @FunctionalInterface
    private interface Optimizer {
        void step(float[] w, float[] g, float[] first, float[] second);
    }
}
