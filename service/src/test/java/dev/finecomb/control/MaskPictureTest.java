package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.status.MaskBoard;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskPictureTest {
    @Test
    void everyCellIsTheShareOfLiveWeightsInItsRectangle() {
        var random = new Random(11);
        for (int trial = 0; trial < 300; trial++) {
            int m = List.of(2, 4, 8, 16).get(random.nextInt(4));
            var layout = new GroupedLayout(
                    List.of(1L + random.nextInt(9), (long) m * (1 + random.nextInt(9)), 1L + random.nextInt(3)), m);
            BitSet alive = new BitSet();
            for (int i = 0; i < layout.elements(); i++) {
                alive.set(i, random.nextBoolean());
            }
            Window whole = MaskPicture.whole(layout);
            long row = random.nextLong(whole.rows());
            long group = random.nextLong(whole.groups());
            var window = new Window(
                    row, 1 + random.nextLong(whole.rows() - row), group, 1 + random.nextLong(whole.groups() - group));
            check(layout, alive, window, 1 + random.nextInt(6));
        }
    }

    private static void check(GroupedLayout layout, BitSet alive, Window window, int side) {
        byte[] bits = new byte[Math.toIntExact((layout.elements() + 7) / 8)];
        byte[] set = alive.toByteArray();
        System.arraycopy(set, 0, bits, 0, set.length);
        var layer = new MaskBoard.Layer("w", layout, () -> bits);
        Picture picture = new MaskPicture(layer, window, new GroupBits(layout, bits)).draw(1, side);
        int width = picture.cells().width();
        int height = picture.cells().height();
        long cellRows = picture.cells().cellRows();
        long cellGroups = picture.cells().cellGroups();
        byte[] cells = decoded(picture.cells().shares());
        byte[] centres = decoded(picture.cells().centres());

        assertThat(width).isBetween(1, side);
        assertThat(height).isBetween(1, side);
        assertThat(cells).hasSize(width * height);
        int m = layout.m();
        byte[] groupBits = decoded(picture.bits().orElseThrow());
        long[][] seen = new long[height * width][3];
        for (int r = 0; r < window.rows(); r++) {
            for (int g = 0; g < window.groups(); g++) {
                int begin = Math.toIntExact((window.row() + r) * layout.inputChannels() + (window.group() + g) * m);
                BitSet group = alive.get(begin, begin + m);
                int at = (int) (r * window.groups() + g) * 2;
                int said = (groupBits[at] & 0xff) | (groupBits[at + 1] & 0xff) << 8;
                assertThat(said).isEqualTo(group.isEmpty() ? 0 : (int) group.toLongArray()[0]);
                long[] cell = seen[(int) (r / cellRows * width + g / cellGroups)];
                cell[0] += group.cardinality();
                cell[1] += m;
                cell[2] += group.stream().sum();
            }
        }
        for (int i = 0; i < seen.length; i++) {
            long live = seen[i][0];
            assertThat(cells[i] & 0xff).isEqualTo((int) Math.round(255.0 * live / seen[i][1]));
            assertThat(centres[i] & 0xff)
                    .isEqualTo(live == 0 ? 0 : (int) Math.round(255.0 * seen[i][2] / (live * (m - 1))));
        }
    }

    @Test
    void aLargeWindowHasNoBits() {
        var layout = new GroupedLayout(List.of(1000L, 1000L), 4);
        byte[] bits = new byte[125_000];
        var layer = new MaskBoard.Layer("w", layout, () -> bits);
        Picture picture = new MaskPicture(layer, MaskPicture.whole(layout), new GroupBits(layout, bits)).draw(1, 128);

        assertThat(picture.bits()).isEmpty();
        assertThat(decoded(picture.cells().shares())).containsOnly(0);
    }

    private static byte[] decoded(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
