package dev.finecomb.sparsity;

import java.util.Arrays;

/**
 * Ranks the surviving choices of one group and removes the worst. A choice's score is the sum of its positions' saliencies, in
 * float64, from the lowest position to the highest. The higher score stays; of equal scores the one with the larger sum of |w|; of
 * those the lower index. Scratch memory of one thread: fill {@link #saliency} and {@link #magnitude}, then {@link #retain}.
 */
final class GroupRanking {
    /** The group's saliencies a, by position. */
    final double[] saliency; // [M]

    /** The group's |w|, by position. */
    final double[] magnitude; // [M]

    private final int[] positions; // the positions that each choice keeps, ascending, choice after choice
    private final int[] starts; // where a choice's positions start; one more entry than choices
    private final int[] candidates; // choices alive, the first `alive` entries
    private final double[] scores; // of the candidates
    private final double[] partitioned;
    private final int[] tied;
    private int alive;

    /**
     * Ranking among these choices.
     *
     * @param choices each as bits, bit k for position k
     * @param m positions in a group
     */
    GroupRanking(int[] choices, int m) {
        saliency = new double[m];
        magnitude = new double[m];
        candidates = new int[choices.length];
        scores = new double[choices.length];
        partitioned = new double[choices.length];
        tied = new int[choices.length];
        starts = new int[choices.length + 1];
        positions = new int[Arrays.stream(choices).map(Integer::bitCount).sum()];
        for (int choice = 0; choice < choices.length; choice++) {
            int next = starts[choice];
            for (int left = choices[choice]; left != 0; left &= left - 1) {
                positions[next++] = Integer.numberOfTrailingZeros(left);
            }
            starts[choice + 1] = next;
        }
    }

    /**
     * Keeps the {@code keep} best of the group's survivors and removes the others; does nothing if no more are alive.
     *
     * @param keep 1 or more
     */
    void retain(Survivors survivors, long group, int keep) {
        load(survivors, group);
        if (alive <= keep) {
            return;
        }
        double lastScore = scoreOfRank(keep);
        int ties = 0;
        int room = keep;
        for (int i = 0; i < alive; i++) {
            if (scores[i] > lastScore) {
                room--;
            } else if (scores[i] == lastScore) {
                tied[ties++] = candidates[i];
            } else {
                survivors.remove(group, candidates[i]);
            }
        }
        for (; ties > room; ties--) {
            survivors.remove(group, takeWorstTied(ties));
        }
    }

    private void load(Survivors survivors, long group) {
        alive = 0;
        for (int from = 0; from < survivors.choices(); from += Long.SIZE) {
            int count = Math.min(Long.SIZE, survivors.choices() - from);
            for (long bits = survivors.alive(group, from, count); bits != 0; bits &= bits - 1) {
                int choice = from + Long.numberOfTrailingZeros(bits);
                candidates[alive] = choice;
                scores[alive++] = sum(choice, saliency);
            }
        }
    }

    /** The score of the candidate in this place, 1 for the best; by Hoare's selection, which orders no more than it must. */
    private double scoreOfRank(int rank) {
        System.arraycopy(scores, 0, partitioned, 0, alive);
        int wanted = alive - rank;
        int left = 0;
        int right = alive - 1;
        while (left < right) {
            double pivot = partitioned[wanted];
            int low = left;
            int high = right;
            while (low <= high) {
                while (partitioned[low] < pivot) {
                    low++;
                }
                while (partitioned[high] > pivot) {
                    high--;
                }
                if (low <= high) {
                    double swapped = partitioned[low];
                    partitioned[low++] = partitioned[high];
                    partitioned[high--] = swapped;
                }
            }
            left = high < wanted ? low : left;
            right = wanted < low ? high : right;
        }
        return partitioned[wanted];
    }

    /** Of the first {@code ties} choices of equal score, which stand in ascending order, takes out the one to go. */
    private int takeWorstTied(int ties) {
        int worst = 0;
        double least = sum(tied[0], magnitude);
        for (int i = 1; i < ties; i++) {
            double sum = sum(tied[i], magnitude);
            if (sum <= least) {
                worst = i;
                least = sum;
            }
        }
        int choice = tied[worst];
        System.arraycopy(tied, worst + 1, tied, worst, ties - worst - 1);
        return choice;
    }

    private double sum(int choice, double[] values) {
        double sum = 0;
        for (int i = starts[choice]; i < starts[choice + 1]; i++) {
            sum += values[positions[i]];
        }
        return sum;
    }
}
