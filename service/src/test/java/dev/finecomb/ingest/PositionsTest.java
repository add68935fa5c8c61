package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PositionsTest {
    @Test
    void aPositionFollowsItsRecordOverGaps() {
        Positions start = Positions.of(0, 5);
        assertThat(start.after(0, 5).next(0)).hasValue(6);
        assertThat(start.after(0, 9).next(0)).hasValue(10);
        assertThat(start.next(0)).hasValue(5);
        assertThat(start.next(1)).isEmpty();
    }

    @Test
    void impossibleOnesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Positions.of(0, 5).after(0, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> Positions.of(0, 5).after(1, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> Positions.of(Map.of(-1, 5L)));
        assertThatIllegalArgumentException().isThrownBy(() -> Positions.of(0, -1));
    }
}
