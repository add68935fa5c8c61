package dev.finecomb.control;

import io.micronaut.serde.annotation.Serdeable;
import java.util.List;
import java.util.Optional;

/**
 * A layer's mask as a picture. Rows are output channels (and places of the kernel), columns the groups along the input
 * channels.
 *
 * @param parameter the weight's name
 * @param shape the weight's shape
 * @param step that the mask is of
 * @param groupSize weights in a group
 * @param allRows rows of the layer
 * @param allGroups groups of each row of the layer
 * @param window the part that is shown
 * @param cells the picture itself
 * @param bits of a small window, in base64: two bytes a group, little-endian, row by row: bit k is the group's position k, 1 where the
 *     weight lives
 */
@Serdeable
record Picture(
        String parameter,
        List<Long> shape,
        long step,
        int groupSize,
        long allRows,
        long allGroups,
        Window window,
        Cells cells,
        Optional<String> bits) {

    /**
     * Two bytes for each cell: how many of its weights live, and where in their groups they are.
     *
     * @param width cells of a row
     * @param height rows of cells
     * @param cellRows rows that a cell spans
     * @param cellGroups groups of a row that a cell spans
     * @param shares in base64, row by row: 255 where all weights live
     * @param centres in base64, row by row: the mean position of the live weights, 0 if all are a group's first, 255 if all are
     *     its last
     */
    @Serdeable
    record Cells(int width, int height, long cellRows, long cellGroups, String shares, String centres) {}
}
