package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlatLayoutTest {
    @Test
    void everyPartBeginsAtAMultipleAndTheFirstPartsLieAsWithoutTheOthers() {
        FlatLayout all = FlatLayout.of(List.of(4096L, 1L, 4097L, 10L));
        assertThat(all)
                .isEqualTo(new FlatLayout(List.of(4096L, 1L, 4097L, 10L), List.of(0L, 4096L, 8192L, 16384L), 20480));
        FlatLayout first = FlatLayout.of(List.of(4096L, 1L));
        assertThat(all.offsets()).startsWith(first.offsets().toArray(Long[]::new));
        assertThat(first.size()).isEqualTo(all.offsets().get(2));
        assertThat(FlatLayout.of(List.of())).isEqualTo(new FlatLayout(List.of(), List.of(), 0));
    }
}
