package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * How many combinations each group still has at a step, in exact integer arithmetic:
 *
 * <pre>
 *   card(t) = C                                                                   t &lt;= start
 *   card(t) = 1 + ceilDiv((C - 1) * (end - t)^exponent, (end - start)^exponent)   between
 *   card(t) = 1                                                                   t &gt;= end
 * </pre>
 *
 * <p>Steps are optimizer steps of this job, never epochs or wall-clock time; the schedule is evaluated at the start of a step, before
 * its forward. Floating point is off by one at some points (2:8 at step 20 of 60), hence big integers.
 *
 * <p>Source: "Learning Best Combination for Efficient N:M Sparsity", NeurIPS 2022, section 3.
 *
 * @param combinations C, the combinations per group before any removal
 * @param start last step at which all combinations are alive
 * @param end first step at which a single one is alive
 * @param exponent the ramp's power, 3 in the paper
 */
public record RemovalSchedule(int combinations, long start, long end, int exponent) {
    /** A higher power would remove nearly everything in the first steps, at a growing price per evaluation. */
    public static final int LARGEST_EXPONENT = 32;

    /** @throws IllegalArgumentException with the name, value and remedy of the first parameter that is out of range */
    public RemovalSchedule {
        if (combinations < 1) {
            throw new IllegalArgumentException("combinations is " + combinations + ", it must be 1 or more");
        }
        if (start < 0) {
            throw new IllegalArgumentException("the removal's start step is " + start + ", it must be 0 or later");
        }
        if (end <= start) {
            throw new IllegalArgumentException(
                    "the removal's end step is " + end + ", it must be later than its start step " + start);
        }
        if (exponent < 1 || exponent > LARGEST_EXPONENT) {
            throw new IllegalArgumentException("the removal's exponent is " + exponent + ", it must be from 1 to "
                    + LARGEST_EXPONENT + " (3 in the paper)");
        }
    }

    /**
     * The schedule of exact LBC, from all combinations of a pattern to one.
     *
     * @throws IllegalArgumentException for a bad window, or a pattern with too many combinations
     */
    public static RemovalSchedule forLbc(Pattern pattern, long start, long end, int exponent) {
        return new RemovalSchedule(Combinations.of(pattern).count(), start, end, exponent);
    }

    /**
     * The schedule of the linear variant, whose groups keep {@code N - 1 + survivorsAt(t)} positions: the same ramp from M to N.
     *
     * @throws IllegalArgumentException for a bad window
     */
    public static RemovalSchedule forLinear(Pattern pattern, long start, long end, int exponent) {
        return new RemovalSchedule(pattern.m() - pattern.n() + 1, start, end, exponent);
    }

    /** Combinations alive per group in the forward of this step. */
    public int survivorsAt(long step) {
        if (step <= start) {
            return combinations;
        }
        if (step >= end) {
            return 1;
        }
        BigInteger left = BigInteger.valueOf(end - step).pow(exponent).multiply(BigInteger.valueOf(combinations - 1L));
        BigInteger window = BigInteger.valueOf(end - start).pow(exponent);
        BigInteger[] quotient = left.divideAndRemainder(window);
        return 1 + quotient[0].intValueExact() + quotient[1].signum();
    }

    /** The steps at which the number falls, in order; at most {@code combinations - 1}, fewer when several fall at once. */
    public List<Long> removalSteps() {
        List<Long> steps = new ArrayList<>();
        for (long from = start; survivorsAt(from) > 1; from = steps.getLast()) {
            steps.add(firstStepBelow(survivorsAt(from), from));
        }
        return List.copyOf(steps);
    }

    /** The first step after {@code from} with fewer than {@code survivors}, by bisection. */
    private long firstStepBelow(int survivors, long from) {
        long above = from;
        long below = end;
        while (below - above > 1) {
            long middle = above + (below - above) / 2;
            if (survivorsAt(middle) < survivors) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return below;
    }
}
