package dev.finecomb.control;

import io.micronaut.serde.annotation.Serdeable;

/**
 * A part of a layer's mask, in groups: a rectangle of rows (one for each output channel and place of the kernel) and of the
 * groups along them.
 *
 * @param row first row, from 0
 * @param rows how many
 * @param group first group of each row, from 0
 * @param groups how many
 */
@Serdeable
record Window(long row, long rows, long group, long groups) {

    boolean fits(long allRows, long allGroups) {
        return row >= 0
                && rows >= 1
                && rows <= allRows - row
                && group >= 0
                && groups >= 1
                && groups <= allGroups - group;
    }
}
