package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SaliencyRuleTest {
    @ParameterizedTest
    @CsvSource({"0,false,50", "0.9,false,50", "0.9,true,50", "0.5,true,400", "0.9,false,2000"})
    void withHalfLifeHalvesOnceGradientsStop(float momentum, boolean nesterov, int halfLife) {
        SaliencyRule rule = new SaliencyRule(0.1f, momentum, 0, nesterov).withHalfLife(halfLife);
        MemorySegment one = MemorySegment.ofArray(new float[] {1});
        MemorySegment zero = MemorySegment.ofArray(new float[] {0});
        try (HostSaliency saliency = new HostSaliency(rule, List.of(1L))) {
            saliency.accumulate(0, one, one);
            // The momentum's own memory fades first.
            for (int step = 0; step < 300; step++) {
                saliency.accumulate(0, one, zero);
            }
            float before = saliency.a(0).getAtIndex(ValueLayout.JAVA_FLOAT, 0);
            for (int step = 0; step < halfLife; step++) {
                saliency.accumulate(0, one, zero);
            }

            assertThat(saliency.a(0).getAtIndex(ValueLayout.JAVA_FLOAT, 0) / before)
                    .isCloseTo(0.5f, within(0.001f));
        }
    }

    @Test
    void withoutHalfLifeNothingDecays() {
        assertThat(new SaliencyRule(0.1f, 0.9f, 0).weightDecay()).isZero();
    }

    @Test
    void refusesAHalfLifeShorterThanTheMomentumsMemory() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaliencyRule(0.1f, 0.9f, 0).withHalfLife(13))
                .withMessageContainingAll("13", "0.9", "13.15");
        assertThatIllegalArgumentException().isThrownBy(() -> new SaliencyRule(0.1f, 0, 0).withHalfLife(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaliencyRule(0.1f, 0, 0).withHalfLife(Double.POSITIVE_INFINITY));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0,0,false,learning rate is 0.0",
        "NaN,0,0,false,learning rate is NaN",
        "Infinity,0,0,false,learning rate is Infinity",
        "0.1,1,0,false,momentum is 1.0",
        "0.1,-0.1,0,false,momentum is -0.1",
        "0.1,NaN,0,false,momentum is NaN",
        "0.1,0,-1,false,weight decay is -1.0",
        "0.1,0,Infinity,false,weight decay is Infinity",
        "0.1,0,0,true,nesterov needs"
    })
    void refusesWhatIsOutOfRange(
            float learningRate, float momentum, float weightDecay, boolean nesterov, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SaliencyRule(learningRate, momentum, weightDecay, nesterov))
                .withMessageContaining(message);
    }
}
