package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.mask.GroupedLayout;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayerMaskTest {
    static List<GroupedLayout> layouts() {
        return List.of(
                new GroupedLayout(List.of(3L, 12L), 4),
                new GroupedLayout(List.of(5L, 8L, 3L), 4),
                new GroupedLayout(List.of(3L, 6L, 3L, 3L), 2),
                new GroupedLayout(List.of(7L, 9L, 1L, 1L), 3),
                new GroupedLayout(List.of(2L, 16L, 2L, 3L, 2L), 16),
                new GroupedLayout(List.of(3L, 130L, 7L), 13),
                new GroupedLayout(List.of(2L, 4L, 11L, 10L), 2),
                new GroupedLayout(List.of(70L, 64L, 4L, 4L), 4));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void findsEveryWeightsBitInGroupedOrder(GroupedLayout layout) {
        byte[] bits = random(layout);
        LayerMask mask = LayerMask.of(layout, bits);
        BitSet grouped = BitSet.valueOf(bits);

        assertThat(mask.bits()).isEqualTo(bits);
        assertThat(mask.elements()).isEqualTo(layout.elements());
        assertThat(mask.kept()).isEqualTo(grouped.cardinality());
        for (int i = 0; i < layout.elements(); i++) {
            int index = (int) layout.weightIndex(i);
            assertThat(mask.keeps(index)).isEqualTo(grouped.get(i));
            assertThat(mask.inWeightOrder().isAlive(index)).isEqualTo(grouped.get(i));
            assertThat(mask.group(i / layout.m()) >>> i % layout.m() & 1).isEqualTo(grouped.get(i) ? 1 : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void zeroesTheDeadOnly(GroupedLayout layout) {
        LayerMask mask = LayerMask.of(layout, random(layout));
        float[] before = PolicyRun.gaussians(5, (int) layout.elements());
        float[] after = before.clone();
        float[] ones = new float[before.length];
        mask.zeroDead(MemorySegment.ofArray(after));
        mask.writeTo(MemorySegment.ofArray(ones));

        for (int i = 0; i < before.length; i++) {
            int expected = mask.keeps(i) ? Float.floatToRawIntBits(before[i]) : 0;
            assertThat(Float.floatToRawIntBits(after[i])).isEqualTo(expected);
            assertThat(ones[i]).isEqualTo(mask.keeps(i) ? 1f : 0f);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void groupsLieWhereTheLayoutSays(GroupedLayout layout) {
        GroupGeometry geometry = GroupGeometry.of(layout);

        assertThat(geometry.elements()).isEqualTo(layout.elements());
        assertThat(geometry.groups()).isEqualTo(layout.groups());
        for (long group = 0; group < geometry.groups(); group++) {
            for (int k = 0; k < layout.m(); k++) {
                assertThat(geometry.groupIndex(group) + k * geometry.spatial())
                        .isEqualTo(layout.weightIndex(group * layout.m() + k));
            }
        }
    }

    @Test
    void keepingAllSetsNoBitBeyondTheLastWeight() {
        LayerMask mask = LayerMask.keepingAll(new GroupedLayout(List.of(3L, 6L), 2));

        assertThat(mask.bits()).containsExactly(0xFF, 0xFF, 0x03);
        assertThat(mask).isEqualTo(LayerMask.of(mask.layout(), mask.bits()));
        assertThat(mask).hasToString("LayerMask[[3, 6], 18 of 18 kept]");
    }

    @Test
    void cantBeChangedThroughItsArrays() {
        byte[] bits = {0x0F};
        LayerMask mask = LayerMask.of(new GroupedLayout(List.of(2L, 4L), 4), bits);
        bits[0] = 0;
        mask.bits()[0] = 0;

        assertThat(mask.bits()).containsExactly(0x0F);
    }

    @Test
    void refusesWhatDoesNotFit() {
        GroupedLayout layout = new GroupedLayout(List.of(1L, 4L), 4);
        LayerMask mask = LayerMask.keepingAll(layout);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayerMask.of(layout, new byte[2]))
                .withMessageContaining("1 bytes, not 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LayerMask.of(layout, new byte[] {0x10}))
                .withMessageContaining("beyond the last weight");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> mask.zeroDead(MemorySegment.ofArray(new float[3])))
                .withMessageContaining("16 bytes, not 12");
        assertThatThrownBy(() -> mask.keeps(4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] random(GroupedLayout layout) {
        BitSet bits = new BitSet();
        Random random = new Random(layout.elements());
        for (int i = 0; i < layout.elements(); i++) {
            bits.set(i, random.nextBoolean());
        }
        byte[] bytes = new byte[(int) (layout.elements() + 7) / 8];
        byte[] set = bits.toByteArray();
        System.arraycopy(set, 0, bytes, 0, set.length);
        return bytes;
    }
}
