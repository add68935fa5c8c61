package dev.finecomb.control;

import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.status.MaskBoard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;

/**
 * A layer's mask as a picture: a cell is one group, or a rectangle of neighbouring groups where there are too many to show,
 * and its value is the share of weights that live in it. Of a small window there are the bits as well.
 */
final class MaskPicture {
    /** The most groups whose bits are given. */
    static final long MOST_GROUPS_WITH_BITS = 1 << 14;

    private final MaskBoard.Layer layer;
    private final GroupBits groups;
    private final Window window;
    private final int m;

    MaskPicture(MaskBoard.Layer layer, Window window, GroupBits groups) {
        this.layer = layer;
        this.groups = groups;
        this.window = window;
        this.m = layer.layout().m();
    }

    /** All of a layer. */
    static Window whole(GroupedLayout layout) {
        return new Window(0, layout.rows(), 0, layout.inputChannels() / layout.m());
    }

    /**
     * Draws it.
     *
     * @param step that the mask is of
     * @param side the most cells in each direction
     */
    Picture draw(long step, int side) {
        long cellRows = Math.ceilDiv(window.rows(), side);
        long cellGroups = Math.ceilDiv(window.groups(), side);
        boolean small = window.rows() * window.groups() <= MOST_GROUPS_WITH_BITS;
        return new Picture(
                layer.parameter(),
                layer.layout().shape(),
                step,
                m,
                layer.layout().rows(),
                layer.layout().inputChannels() / m,
                window,
                cells(cellRows, cellGroups),
                small ? Optional.of(base64(groupBits())) : Optional.empty());
    }

    private Picture.Cells cells(long cellRows, long cellGroups) {
        int height = (int) Math.ceilDiv(window.rows(), cellRows);
        int width = (int) Math.ceilDiv(window.groups(), cellGroups);
        byte[] shares = new byte[width * height];
        byte[] centres = new byte[width * height];
        for (int y = 0; y < height; y++) {
            long first = window.row() + y * cellRows;
            long last = Math.min(first + cellRows, window.row() + window.rows());
            for (int x = 0; x < width; x++) {
                long begin = window.group() + x * cellGroups;
                long end = Math.min(begin + cellGroups, window.group() + window.groups());
                long alive = 0;
                long positions = 0;
                for (long row = first; row < last; row++) {
                    for (long group = begin; group < end; group++) {
                        int live = groups.at(row, group);
                        alive += Integer.bitCount(live);
                        positions += groups.positions(live);
                    }
                }
                long weights = (last - first) * (end - begin) * m;
                shares[y * width + x] = (byte) Math.round(255.0 * alive / weights);
                centres[y * width + x] = (byte) (alive == 0 ? 0 : Math.round(255.0 * positions / (alive * (m - 1))));
            }
        }
        return new Picture.Cells(width, height, cellRows, cellGroups, base64(shares), base64(centres));
    }

    /** Two bytes a group, little-endian, row by row: bit k is position k. */
    private byte[] groupBits() {
        ByteBuffer all = ByteBuffer.allocate((int) (window.rows() * window.groups()) * Short.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long row = window.row(); row < window.row() + window.rows(); row++) {
            for (long group = window.group(); group < window.group() + window.groups(); group++) {
                all.putShort((short) groups.at(row, group));
            }
        }
        return all.array();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
