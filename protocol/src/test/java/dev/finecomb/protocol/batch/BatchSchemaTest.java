package dev.finecomb.protocol.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSchemaTest {
    private static final BatchSchema SCHEMA = BatchSchema.of(List.of("x"), List.of("y"));

    @Test
    void knowsNothingButNamesByDefault() {
        assertThat(SCHEMA.limits()).isEqualTo(Limits.RECORD);
        assertThat(SCHEMA.checkFinite()).isTrue();
        assertThat(SCHEMA.classes()).isEmpty();
        assertThat(SCHEMA.sampleShapes()).isEmpty();
    }

    @Test
    void refusesWhatNoRecordCouldFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchema.of(List.of(), List.of("y")));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchema.of(List.of("x"), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> BatchSchema.of(List.of("x"), List.of("x")));
        assertThatIllegalArgumentException().isThrownBy(() -> SCHEMA.withClasses(0));
        assertThatIllegalArgumentException().isThrownBy(() -> SCHEMA.withSampleShape("z", List.of(1L)));
        assertThatIllegalArgumentException().isThrownBy(() -> SCHEMA.withSampleShape("x", List.of(0L)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Limits(0, 1, 1, 1));
    }

    @Test
    void aBatchHoldsAtLeastOneSampleInEachTensor() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrainingBatch(
                        List.of(Tensors.u8("x", new byte[2], 2)), List.of(Tensors.u8("y", new byte[1], 1)), 2))
                .withMessageContaining("'y'");
        assertThatIllegalArgumentException().isThrownBy(() -> new TrainingBatch(List.of(), List.of(), 0));
    }
}
