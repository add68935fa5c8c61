package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GroupedLayoutTest {
    @Test
    void aLinearLayerIsWalkedAsItLies() {
        GroupedLayout layout = new GroupedLayout(List.of(3L, 8L), 4);

        assertThat(layout.permutation()).containsExactly(0L, 1L);
        assertThat(layout.groups()).isEqualTo(6);
        assertThat(LongStream.range(0, 24).map(layout::weightIndex)).containsExactlyElementsOf(range(24));
    }

    @Test
    void aConvolutionIsWalkedOutputSpaceInput() {
        GroupedLayout layout = new GroupedLayout(List.of(2L, 4L, 3L, 5L), 4);
        List<Long> expected = new ArrayList<>();
        for (long o = 0; o < 2; o++) {
            for (long h = 0; h < 3; h++) {
                for (long w = 0; w < 5; w++) {
                    for (long i = 0; i < 4; i++) {
                        expected.add(((o * 4 + i) * 3 + h) * 5 + w);
                    }
                }
            }
        }

        assertThat(layout.permutation()).containsExactly(0L, 2L, 3L, 1L);
        assertThat(LongStream.range(0, 120).map(layout::weightIndex)).containsExactlyElementsOf(expected);
        assertThat(LongStream.range(0, 120).map(index -> layout.groupedIndex(layout.weightIndex(index))))
                .containsExactlyElementsOf(range(120));
        assertThat(layout.rows()).isEqualTo(30);
        assertThat(layout.stride()).isEqualTo(15);
        for (long row = 0; row < layout.rows(); row++) {
            assertThat(layout.rowStart(row)).isEqualTo(layout.weightIndex(row * layout.inputChannels()));
        }
    }

    @Test
    void shapesThatCantBeGroupedAreRefused() {
        refused(List.of(8L), 4, "shape: expected [O, I, spatial...] of 2 to 8 axes, found [8]");
        refused(List.of(8L, 6L), 4, "shape: expected input channels divisible by 4, found [8, 6]");
        refused(List.of(8L, 0L), 4, "shape: expected a whole number of at least 1, found 0");
        refused(List.of(1L << 32, 1L << 32), 4, "shape: expected less than 2^63 elements");
        refused(List.of(8L, 8L), 17, "m: expected 2 to 16, found 17");
    }

    private static void refused(List<Long> shape, int m, String message) {
        assertThatThrownBy(() -> new GroupedLayout(shape, m))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageStartingWith(message);
    }

    private static List<Long> range(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
