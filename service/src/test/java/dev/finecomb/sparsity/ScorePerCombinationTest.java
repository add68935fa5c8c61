package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.protocol.mask.Pattern;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The paper's form in engine operations against the policy, over a whole removal: the same survivors, the same dead weights. */
class ScorePerCombinationTest {
    private static final int GROUPS = 128;
    private static final int STEPS = 60;
    private static final int END = 50;
    private static final float LEARNING_RATE = 0.1f;

    @ParameterizedTest
    @CsvSource({"2:4,0.9", "2:4,0", "1:8,0.9", "4:8,0.9", "1:16,0"})
    void aPolicyKeepsTheSameSurvivors(String name, float momentum) {
        Pattern pattern = Pattern.parse(name);
        int elements = GROUPS * pattern.m();
        LbcPolicy policy = PolicyRun.lbc(name, END, 1, List.of(PolicyRun.layer("w", pattern.m(), 8L, elements / 8L)));
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
                HostSaliency saliency =
                        new HostSaliency(new SaliencyRule(LEARNING_RATE, momentum, 0), List.of((long) elements));
                ScorePerCombination scores =
                        new ScorePerCombination(manager, pattern, GROUPS, LEARNING_RATE, momentum)) {
            for (int step = 0; step < STEPS; step++) {
                float[] w = PolicyRun.gaussians(-1 - step, elements);
                float[] g = PolicyRun.gaussians(step, elements);
                NDArray weights = manager.create(w, new Shape(8, elements / 8));
                NDArray gradients = manager.create(g, new Shape(8, elements / 8));
                policy.remove(step, List.of(new LayerValues(MemorySegment.ofArray(w), saliency.a(0))));
                scores.select(policy.survivors());
                policy.masks().getFirst().zeroDead(MemorySegment.ofArray(w));
                policy.masks().getFirst().zeroDead(MemorySegment.ofArray(g));
                scores.mask(weights, gradients);

                assertThat(scores.alive()).isEqualTo(alive(policy.survivorBits().getFirst()));
                // A product with 0 may be -0.0, and +0.0 makes that +0.0.
                assertThat(weights.add(0f).toFloatArray()).isEqualTo(w);
                assertThat(gradients.add(0f).toFloatArray()).isEqualTo(g);

                saliency.accumulate(0, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
                scores.accumulate(weights, gradients);
            }
            assertThat(policy.complete()).isTrue();
        }
    }

    private static float[] alive(Survivors survivors) {
        int choices = survivors.choices();
        float[] alive = new float[GROUPS * choices];
        for (int i = 0; i < alive.length; i++) {
            alive[i] = survivors.alive(i / choices, i % choices) ? 1 : 0;
        }
        return alive;
    }
}
