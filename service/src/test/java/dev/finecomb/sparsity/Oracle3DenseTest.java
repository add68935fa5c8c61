package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle 3, the policy's part: with all survivors alive the mask keeps every weight, so the effective weights are the dense ones. */
class Oracle3DenseTest {
    @ParameterizedTest
    @ValueSource(strings = {"2:4", "4:8", "2:16"})
    void allAliveLeavesEveryBitOfTheWeightsAlone(String pattern) {
        int m = Integer.parseInt(pattern.substring(pattern.indexOf(':') + 1));
        LbcPolicy policy = PolicyRun.lbc(pattern, 60, 1, PolicyRun.layers(m));

        for (LayerMask mask : policy.masks()) {
            float[] weights = PolicyRun.gaussians(3, Math.toIntExact(mask.elements()));
            weights[1] = -0f;
            float[] masked = weights.clone();
            mask.zeroDead(MemorySegment.ofArray(masked));

            assertThat(mask.kept()).isEqualTo(mask.elements());
            assertThat(MemorySegment.ofArray(masked).mismatch(MemorySegment.ofArray(weights)))
                    .isEqualTo(-1);
        }
    }
}
