package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostSaliencyTest {
    @ParameterizedTest
    @CsvSource({"0,0,false", "0,0.01,false", "0.9,0.01,false", "0.9,0.01,true"})
    void followsTheWrittenRuleBitForBit(float momentum, float decay, boolean nesterov) {
        SaliencyRule rule = new SaliencyRule(0.1f, momentum, decay, nesterov);
        float[] a = new float[37];
        float[] b = new float[37];
        try (HostSaliency saliency = new HostSaliency(rule, List.of(5L, 37L))) {
            for (int step = 0; step < 20; step++) {
                float[] w = PolicyRun.gaussians(step, 37);
                float[] g = PolicyRun.gaussians(-1 - step, 37);
                for (int i = 0; i < 37; i++) {
                    float d = g[i] * w[i] + decay * a[i];
                    b[i] = momentum * b[i] + d;
                    a[i] -= 0.1f * (nesterov ? d + momentum * b[i] : b[i]);
                }
                saliency.accumulate(1, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
            }

            assertThat(read(saliency, SaliencyBuffer.ACCUMULATOR, 1)).containsExactly(a);
            assertThat(read(saliency, SaliencyBuffer.ACCUMULATOR, 0)).containsOnly(0);
            if (momentum != 0) {
                assertThat(read(saliency, SaliencyBuffer.MOMENTUM, 1)).containsExactly(b);
            }
        }
    }

    @Test
    void keepsUpdatesFarBelowOneUlpOfTheAuthorsStartValue() {
        try (HostSaliency saliency = new HostSaliency(new SaliencyRule(1, 0, 0), List.of(1L))) {
            MemorySegment w = MemorySegment.ofArray(new float[] {1e-5f});
            MemorySegment g = MemorySegment.ofArray(new float[] {-1e-4f});
            saliency.accumulate(0, w, g);

            assertThat(saliency.a(0).getAtIndex(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1e-4f * 1e-5f);
        }
    }

    @Test
    void slicesTogetherAreTheWhole() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f);
        MemorySegment w = MemorySegment.ofArray(PolicyRun.gaussians(1, 100));
        MemorySegment g = MemorySegment.ofArray(PolicyRun.gaussians(2, 100));
        long cut = 33L * Float.BYTES;
        try (HostSaliency whole = new HostSaliency(rule, List.of(100L));
                HostSaliency parts = new HostSaliency(rule, List.of(100L))) {
            whole.accumulate(0, w, g);
            parts.accumulate(parts.slice(0, 33, 100), w.asSlice(cut), g.asSlice(cut), 1);
            parts.accumulate(parts.slice(0, 0, 33), w.asSlice(0, cut), g.asSlice(0, cut), 1);

            assertThat(parts.a(0).mismatch(whole.a(0))).isEqualTo(-1);
            assertThat(parts.b(0).mismatch(whole.b(0))).isEqualTo(-1);
        }
    }

    @Test
    void worksOnNativeMemoryAndGoesOnFromWhatWasReadAndWritten() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f);
        try (Arena arena = Arena.ofConfined();
                HostSaliency first = new HostSaliency(rule, List.of(64L));
                HostSaliency second = new HostSaliency(rule, List.of(64L))) {
            MemorySegment w = arena.allocateFrom(ValueLayout.JAVA_FLOAT, PolicyRun.gaussians(1, 64));
            MemorySegment g = arena.allocateFrom(ValueLayout.JAVA_FLOAT, PolicyRun.gaussians(2, 64));
            first.accumulate(0, w, g);
            for (SaliencyBuffer buffer : first.buffers()) {
                MemorySegment copy = arena.allocate(256);
                first.read(buffer, 0, copy);
                second.write(buffer, 0, copy);
            }
            first.accumulate(0, w, g);
            second.accumulate(0, w, g);

            assertThat(second.a(0).mismatch(first.a(0))).isEqualTo(-1);
            assertThat(second.b(0).mismatch(first.b(0))).isEqualTo(-1);
        }
    }

    @Test
    void keepsNoMomentaWithoutMomentum() {
        try (HostSaliency saliency = new HostSaliency(new SaliencyRule(0.1f, 0, 0), List.of(4L))) {
            assertThat(saliency.buffers()).containsExactly(SaliencyBuffer.ACCUMULATOR);
            assertThatIllegalArgumentException().isThrownBy(() -> saliency.b(0)).withMessageContaining("momentum");
        }
    }

    @Test
    void refusesSegmentsOfAnotherSize() {
        MemorySegment four = MemorySegment.ofArray(new float[4]);
        MemorySegment five = MemorySegment.ofArray(new float[5]);
        try (HostSaliency saliency = new HostSaliency(new SaliencyRule(0.1f, 0, 0), List.of(4L))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> saliency.accumulate(0, four, five))
                    .withMessageContainingAll("16", "20");
            assertThatIllegalArgumentException().isThrownBy(() -> saliency.accumulate(0, five, four));
            assertThatIllegalArgumentException().isThrownBy(() -> saliency.write(SaliencyBuffer.ACCUMULATOR, 0, five));
        }
    }

    @Test
    void givesItsMemoryBack() {
        HostSaliency saliency = new HostSaliency(new SaliencyRule(0.1f, 0, 0), List.of(4L));
        MemorySegment a = saliency.a(0);
        saliency.close();

        assertThatIllegalStateException().isThrownBy(() -> a.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
    }

    private static float[] read(Saliency saliency, SaliencyBuffer buffer, int layer) {
        float[] values = new float[Math.toIntExact(saliency.elements(layer))];
        saliency.read(buffer, layer, MemorySegment.ofArray(values));
        return values;
    }
}
