package dev.finecomb.sparsity;

/**
 * Ranks the surviving choices of one group and removes the worst. A choice's score is the sum of its positions' saliencies, in
 * float64, from the lowest position to the highest. The higher score stays; of equal scores the one with the larger sum of |w|; of
 * those the lower index. Scratch memory of one thread: set the saliencies, then {@link #retain}.
 *
 * <p>A choice's rank is one integer: the score's bits, which order as integers do once negative ones are turned round, without the last
 * eight; and the choice's index in their place. So the worst choice comes out of a chain of minima, without branches that half of the time
 * would be mispredicted. Where those eight bits could matter, above all at equal scores, {@link ExactRanking} decides; that is also
 * the only moment at which the weights are read.
 */
final class GroupRanking {
    /** The bits of a rank that hold the choice's index. */
    private static final long INDEX = 127;

    /** Up to this many choices to go, the last of them is found by keeping the worst in order. */
    private static final int FEW = 8;

    private final ChoiceTables choices;
    private final ExactRanking exact;
    private final double[] sums; // by the tables' prefixes
    private final long[] ranks; // of the survivors
    private final long[] selection;
    private long stayLow;
    private long stayHigh;
    private long goneLow;
    private long goneHigh;

    GroupRanking(ChoiceTables choices) {
        this.choices = choices;
        this.exact = new ExactRanking(choices);
        this.sums = choices.newSums();
        this.ranks = new long[choices.count()];
        this.selection = new long[choices.count()];
    }

    /** Sets a position's saliency. */
    void saliency(int position, double saliency) {
        sums[1 + position] = 0.0 + saliency; // never -0.0
    }

    /** Sets the saliencies of a group whose positions stand side by side from this index on. */
    void saliencies(float[] grouped, int from) {
        for (int k = 0; k < choices.m(); k++) {
            sums[1 + k] = 0.0 + grouped[from + k];
        }
    }

    /**
     * Divides a group's survivors into the {@code keep} best, which stay, and the others; if no more are alive, all stay.
     *
     * @param low the survivors among the choices 0 to 63, as bits
     * @param high those among the choices from 64 on
     * @param keep 1 or more
     */
    void retain(long low, long high, int keep, long group, ExactRanking.Magnitudes magnitudes) {
        int going = Long.bitCount(low) + Long.bitCount(high) - keep;
        if (going <= 0) {
            stayLow = low;
            stayHigh = high;
            return;
        }
        choices.extend(sums);
        boolean decided = going == 1 ? chooseOne(low, high) : chooseSome(going, low, high);
        if (!decided) {
            exact.choose(low, high, going, sums, group, magnitudes);
            goneLow = exact.goneLow();
            goneHigh = exact.goneHigh();
        }
        stayLow = low & ~goneLow;
        stayHigh = high & ~goneHigh;
    }

    /** Of the choices 0 to 63 those that stay, as bits. */
    long stayLow() {
        return stayLow;
    }

    /** Those of the choices from 64 on. */
    long stayHigh() {
        return stayHigh;
    }

    private boolean chooseOne(long low, long high) {
        long worst = Long.MAX_VALUE;
        long next = Long.MAX_VALUE;
        for (long left = low; left != 0; left &= left - 1) {
            long rank = rank(Long.numberOfTrailingZeros(left));
            next = Math.min(next, Math.max(worst, rank));
            worst = Math.min(worst, rank);
        }
        for (long left = high; left != 0; left &= left - 1) {
            long rank = rank(Long.SIZE + Long.numberOfTrailingZeros(left));
            next = Math.min(next, Math.max(worst, rank));
            worst = Math.min(worst, rank);
        }
        boolean first = (worst & INDEX) < Long.SIZE;
        goneLow = first ? 1L << worst : 0;
        goneHigh = first ? 0 : 1L << worst;
        return (worst | INDEX) < next;
    }

    private boolean chooseSome(int going, long low, long high) {
        int count = 0;
        for (long left = low; left != 0; left &= left - 1) {
            ranks[count++] = rank(Long.numberOfTrailingZeros(left));
        }
        int inLow = count;
        for (long left = high; left != 0; left &= left - 1) {
            ranks[count++] = rank(Long.SIZE + Long.numberOfTrailingZeros(left));
        }
        long last = (going <= FEW ? lastOfFew(going, count) : inPlace(going - 1, count)) | INDEX;
        goneLow = upTo(last, 0, inLow);
        goneHigh = upTo(last, inLow, count);
        return Long.bitCount(goneLow) + Long.bitCount(goneHigh) == going;
    }

    private long rank(int choice) {
        long bits = Double.doubleToRawLongBits(choices.sum(choice, sums));
        long ordered = bits ^ bits >> 63 >>> 1;
        return (ordered >> 1 & ~INDEX) | choice;
    }

    /** The choices of these ranks that are no better than {@code last}, as bits; a shift takes the index's lowest six bits. */
    private long upTo(long last, int from, int to) {
        long marked = 0;
        for (int i = from; i < to; i++) {
            marked |= ((ranks[i] - last - 1) >>> 63) << ranks[i];
        }
        return marked;
    }

    /** The rank of the last to go, by insertion into a short list of the worst. */
    private long lastOfFew(int going, int count) {
        for (int i = 0; i < count; i++) {
            long rank = ranks[i];
            int at = Math.min(i, going);
            if (at == going && rank > selection[--at]) {
                continue;
            }
            for (; at > 0 && rank < selection[at - 1]; at--) {
                selection[at] = selection[at - 1];
            }
            selection[at] = rank;
        }
        return selection[going - 1];
    }

    /** The rank that an ascending order would have in this place, by Hoare's selection, which orders no more than it must. */
    private long inPlace(int wanted, int count) {
        System.arraycopy(ranks, 0, selection, 0, count);
        int left = 0;
        int right = count - 1;
        while (left < right) {
            long pivot = selection[wanted];
            int low = left;
            int high = right;
            while (low <= high) {
                while (selection[low] < pivot) {
                    low++;
                }
                while (selection[high] > pivot) {
                    high--;
                }
                if (low <= high) {
                    long swapped = selection[low];
                    selection[low++] = selection[high];
                    selection[high--] = swapped;
                }
            }
            left = high < wanted ? low : left;
            right = wanted < low ? high : right;
        }
        return selection[wanted];
    }
}
