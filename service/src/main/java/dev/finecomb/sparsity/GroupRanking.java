package dev.finecomb.sparsity;

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

    private final byte[][] positions; // per choice, the positions it keeps, ascending
    private final double[] scores; // per choice, valid for those in candidates
    private final int[] candidates; // choices alive, the first `alive` entries
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
        scores = new double[choices.length];
        candidates = new int[choices.length];
        positions = new byte[choices.length][];
        for (int choice = 0; choice < choices.length; choice++) {
            positions[choice] = positionsOf(choices[choice]);
        }
    }

    /** Keeps the {@code keep} best of the group's survivors and removes the others; does nothing if no more are alive. */
    void retain(Survivors survivors, long group, int keep) {
        load(survivors, group);
        if (alive <= keep) {
            return;
        }
        if (alive - keep <= keep) {
            for (int last = alive - 1; last >= keep; last--) {
                swap(worst(last), last);
            }
        } else {
            for (int first = 0; first < keep; first++) {
                swap(best(first), first);
            }
        }
        for (int i = keep; i < alive; i++) {
            survivors.remove(group, candidates[i]);
        }
    }

    private void load(Survivors survivors, long group) {
        alive = 0;
        for (int from = 0; from < survivors.choices(); from += Long.SIZE) {
            int count = Math.min(Long.SIZE, survivors.choices() - from);
            for (long bits = survivors.alive(group, from, count); bits != 0; bits &= bits - 1) {
                int choice = from + Long.numberOfTrailingZeros(bits);
                candidates[alive++] = choice;
                scores[choice] = sum(choice, saliency);
            }
        }
    }

    /** Where the worst of the candidates up to and including {@code last} stands. */
    private int worst(int last) {
        int worst = 0;
        for (int i = 1; i <= last; i++) {
            if (better(candidates[worst], candidates[i])) {
                worst = i;
            }
        }
        return worst;
    }

    /** Where the best of the candidates from {@code first} on stands. */
    private int best(int first) {
        int best = first;
        for (int i = first + 1; i < alive; i++) {
            if (better(candidates[i], candidates[best])) {
                best = i;
            }
        }
        return best;
    }

    private boolean better(int one, int other) {
        if (scores[one] != scores[other]) {
            return scores[one] > scores[other];
        }
        double oneMagnitude = sum(one, magnitude);
        double otherMagnitude = sum(other, magnitude);
        return oneMagnitude != otherMagnitude ? oneMagnitude > otherMagnitude : one < other;
    }

    private double sum(int choice, double[] values) {
        double sum = 0;
        for (byte position : positions[choice]) {
            sum += values[position];
        }
        return sum;
    }

    private void swap(int i, int j) {
        int candidate = candidates[i];
        candidates[i] = candidates[j];
        candidates[j] = candidate;
    }

    private static byte[] positionsOf(int bits) {
        byte[] positions = new byte[Integer.bitCount(bits)];
        int next = 0;
        for (int left = bits; left != 0; left &= left - 1) {
            positions[next++] = (byte) Integer.numberOfTrailingZeros(left);
        }
        return positions;
    }
}
