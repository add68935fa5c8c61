package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.InvalidValueException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerBitsTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 7, 8, 11, 13, 16})
    void countsGroupsThatStraddleBytes(int m) {
        Random random = new Random(m);
        GroupedLayout layout = new GroupedLayout(List.of(7L, 3L * m), m);
        byte[] bits = new byte[(int) LayerBits.bytesFor(layout.elements())];
        long[] groupsByCount = new long[m + 1];
        long kept = 0;
        for (int group = 0; group < layout.groups(); group++) {
            int count = 0;
            for (int k = 0; k < m; k++) {
                if (random.nextBoolean()) {
                    int index = group * m + k;
                    bits[index / 8] |= (byte) (1 << index % 8);
                    count++;
                }
            }
            groupsByCount[count]++;
            kept += count;
        }
        LayerBits layer = new LayerBits("w", layout, bits);

        assertThat(layer.kept()).isEqualTo(kept);
        for (int n = 0; n <= m; n++) {
            assertThat(layer.groupsKeeping(n)).isEqualTo(groupsByCount[n]);
        }
    }

    @Test
    void refusesAnotherLengthAndStrayBits() {
        GroupedLayout layout = new GroupedLayout(List.of(1L, 4L), 4);

        assertThatThrownBy(() -> new LayerBits("w", layout, new byte[2]))
                .isInstanceOf(InvalidValueException.class)
                .hasMessage("bits of w: expected 1 bytes, found 2 bytes");
        assertThatThrownBy(() -> new LayerBits("w", layout, new byte[] {0x13}))
                .hasMessage("bits of w: expected zeros behind the last weight, found a set bit");
    }

    @Test
    void aFinalMaskKeepsItsPromise() {
        GroupedLayout layout = new GroupedLayout(List.of(1L, 8L), 4);
        LayerBits one = new LayerBits("w", layout, new byte[] {0x37});

        assertThatThrownBy(() -> MaskDraft.check(one, MaskState.FINAL, new Pattern(2, 4)))
                .hasMessage("bits of w: expected exactly 2 kept in each group of a final mask,"
                        + " found 1 other groups of 2");
        MaskDraft.check(one, MaskState.SEARCHING, new Pattern(2, 4));
    }
}
