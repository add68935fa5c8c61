package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.util.Arrays;

/**
 * The C = C(M,N) ways to keep N of a group's M weights, in lexicographic order of the kept positions (for 2:4: 01, 02, 03, 12, 13,
 * 23). The index of a combination is stored in checkpoints, so this order never changes.
 */
public final class Combinations {
    /** Above this many combinations per group exact LBC is refused; survivor bits and removals would cost more than they give. */
    public static final int LIMIT = 128;

    private final Pattern pattern;
    private final int[] bits;

    private Combinations(Pattern pattern, int[] bits) {
        this.pattern = pattern;
        this.bits = bits;
    }

    /**
     * All combinations of a pattern.
     *
     * @throws IllegalArgumentException if there are more than {@link #LIMIT}; the message names the {@code linear} variant
     */
    public static Combinations of(Pattern pattern) {
        long count = count(pattern);
        if (count > LIMIT) {
            throw new IllegalArgumentException("pattern " + pattern + " has " + count
                    + " combinations per group, more than the " + LIMIT
                    + " that exact LBC works with; choose the 'linear' variant, which removes positions instead, or a"
                    + " smaller pattern such as 2:4 or 4:8");
        }
        int[] bits = new int[(int) count];
        int next = 0;
        // Position 0 as the most significant bit turns lexicographic order into descending numeric order.
        for (int reversed = (1 << pattern.m()) - 1; reversed > 0; reversed--) {
            if (Integer.bitCount(reversed) == pattern.n()) {
                bits[next++] = Integer.reverse(reversed) >>> (Integer.SIZE - pattern.m());
            }
        }
        return new Combinations(pattern, bits);
    }

    /** The binomial coefficient C(M,N), also for patterns that {@link #of} refuses. */
    public static long count(Pattern pattern) {
        long count = 1;
        for (int i = 1; i <= pattern.n(); i++) {
            count = count * (pattern.m() - pattern.n() + i) / i;
        }
        return count;
    }

    public Pattern pattern() {
        return pattern;
    }

    /** How many combinations there are. */
    public int count() {
        return bits.length;
    }

    /** The combination as bits: bit k says whether position k of the group is kept. */
    public int bits(int combination) {
        return bits[combination];
    }

    /** All combinations as bits, a fresh array. */
    int[] toBits() {
        return bits.clone();
    }

    @Override
    public String toString() {
        return "Combinations[" + pattern + ", " + Arrays.toString(bits) + "]";
    }
}
