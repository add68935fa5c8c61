package dev.finecomb.sparsity;

import java.util.Arrays;

/**
 * Chooses which of a group's survivors go, to the last tie: the lower score goes; of equal scores the one with the smaller sum of |w|; of
 * those the higher index. Scratch memory of one thread.
 */
final class ExactRanking {
    private final ChoiceTables choices;
    private final int[] candidates; // choices still in question, ascending, the first `count` entries
    private final double[] values; // of the candidates: first the scores, then the sums of |w|
    private final double[] ordered;
    private int count;
    private long goneLow;
    private long goneHigh;

    ExactRanking(ChoiceTables choices) {
        this.choices = choices;
        this.candidates = new int[choices.count()];
        this.values = new double[choices.count()];
        this.ordered = new double[choices.count()];
    }

    /** |w| by group and position. */
    @FunctionalInterface
    interface Magnitudes {
        double at(long group, int position);
    }

    /**
     * Chooses.
     *
     * @param aliveLow the survivors among the choices 0 to 63, as bits
     * @param aliveHigh those among the choices from 64 on
     * @param going how many go, 1 or more and fewer than are alive
     * @param sums the positions' saliencies as {@link ChoiceTables#extend} takes them; overwritten
     */
    void choose(long aliveLow, long aliveHigh, int going, double[] sums, long group, Magnitudes magnitudes) {
        count = 0;
        goneLow = 0;
        goneHigh = 0;
        for (long left = aliveLow; left != 0; left &= left - 1) {
            candidates[count++] = Long.numberOfTrailingZeros(left);
        }
        for (long left = aliveHigh; left != 0; left &= left - 1) {
            candidates[count++] = Long.SIZE + Long.numberOfTrailingZeros(left);
        }
        int undecided = going - divide(going, sums);
        for (int k = 0; k < choices.m(); k++) {
            sums[1 + k] = magnitudes.at(group, k);
        }
        undecided -= divide(undecided, sums);
        for (int i = count - undecided; i < count; i++) {
            mark(candidates[i]);
        }
    }

    /** Of the choices 0 to 63 those that go, as bits. */
    long goneLow() {
        return goneLow;
    }

    /** Those of the choices from 64 on. */
    long goneHigh() {
        return goneHigh;
    }

    /**
     * Of the candidates' sums, marks those below the {@code going}-th lowest, which go whatever else decides, and leaves only its equals
     * in question; tells how many it marked.
     */
    private int divide(int going, double[] sums) {
        choices.extend(sums);
        for (int i = 0; i < count; i++) {
            values[i] = choices.sum(candidates[i], sums);
        }
        double last = valueInPlace(going - 1);
        int below = 0;
        int equal = 0;
        for (int i = 0; i < count; i++) {
            if (values[i] < last) {
                mark(candidates[i]);
                below++;
            } else if (values[i] == last) {
                candidates[equal++] = candidates[i];
            }
        }
        count = equal;
        return below;
    }

    private void mark(int choice) {
        if (choice < Long.SIZE) {
            goneLow |= 1L << choice;
        } else {
            goneHigh |= 1L << choice;
        }
    }

    /** The value that an ascending order has in this place. */
    private double valueInPlace(int wanted) {
        System.arraycopy(values, 0, ordered, 0, count);
        Arrays.sort(ordered, 0, count);
        return ordered[wanted];
    }
}
