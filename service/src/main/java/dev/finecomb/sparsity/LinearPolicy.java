package dev.finecomb.sparsity;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.Pattern;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The linear variant, for patterns with too many combinations: one alive bit per weight, positions removed instead of combinations. Each
 * group keeps its u(t) most salient positions, u(t) falling from M to N along LBC's ramp; ties go as in {@link LbcPolicy}. For N = 1 the
 * two are the same.
 */
public final class LinearPolicy extends RampPolicy {
    /**
     * A policy with every position alive.
     *
     * @param schedule see {@link RemovalSchedule#forLinear}
     * @param layers in layer order, with distinct parameter names
     * @param workers to spread removals over; the outcome doesn't depend on them
     * @throws IllegalArgumentException if schedule or layers don't fit the pattern
     */
    public LinearPolicy(Pattern pattern, RemovalSchedule schedule, List<SparseLayer> layers, Workers workers) {
        super(new Variant("linear", pattern.n(), positions(pattern)), pattern, schedule, layers, workers);
    }

    private static List<Integer> positions(Pattern pattern) {
        return IntStream.range(0, pattern.m()).map(k -> 1 << k).boxed().toList();
    }
}
