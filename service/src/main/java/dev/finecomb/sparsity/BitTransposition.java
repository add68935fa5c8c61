package dev.finecomb.sparsity;

import java.util.Arrays;

/**
 * Transposes matrices of bits that stand one after the other: bit {@code [i, row, column]} of the source becomes bit
 * {@code [i, column, row]} of the target. That is how a convolution's mask goes from grouped order ([O, S, I]) to the weight's own
 * ([O, I, S]) and back.
 *
 * <p>It goes by tiles of 64 x 64 bits or what the matrix has of them, each transposed by exchanging ever smaller quarters. One matrix, the
 * bits of one output channel, stays in the nearest cache meanwhile.
 */
record BitTransposition(long matrices, long rows, long columns) {
    /** Runs of this many matrices share no word with their neighbours. */
    static final int ALIGNED_MATRICES = Long.SIZE;

    /** The whole of a source, in fresh words. */
    long[] of(long[] source) {
        long[] target = new long[source.length];
        fill(target, source, 0, matrices);
        return target;
    }

    /** Fills the matrices from {@code from} (a multiple of {@link #ALIGNED_MATRICES}) up to {@code to} of a target that is 0 there. */
    void fill(long[] target, long[] source, long from, long to) {
        long[] tile = new long[Long.SIZE];
        for (long matrix = from; matrix < to; matrix++) {
            for (long row = 0; row < rows; row += Long.SIZE) {
                for (long column = 0; column < columns; column += Long.SIZE) {
                    fillTile(target, source, matrix, row, column, tile);
                }
            }
        }
    }

    private void fillTile(long[] target, long[] source, long matrix, long row, long column, long[] tile) {
        int height = (int) Math.min(Long.SIZE, rows - row);
        int width = (int) Math.min(Long.SIZE, columns - column);
        for (int i = 0; i < height; i++) {
            tile[i] = BitWords.get(source, (matrix * rows + row + i) * columns + column, width);
        }
        Arrays.fill(tile, height, Long.SIZE, 0);
        transpose(tile);
        for (int i = 0; i < width; i++) {
            BitWords.add(target, (matrix * columns + column + i) * rows + row, tile[i]);
        }
    }

    /** Exchanges bit j of word i and bit i of word j: of quarters of 32 x 32 bits the two off the diagonal, then within each of the four. */
    private static void transpose(long[] tile) {
        long mask = -1L >>> Integer.SIZE;
        for (int size = Integer.SIZE; size != 0; size >>= 1) {
            for (int i = 0; i < Long.SIZE; i = i + size + 1 & ~size) {
                long differing = (tile[i] >>> size ^ tile[i + size]) & mask;
                tile[i] ^= differing << size;
                tile[i + size] ^= differing;
            }
            mask ^= mask << (size >> 1);
        }
    }
}
