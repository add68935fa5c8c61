package dev.finecomb.sparsity;

import dev.finecomb.protocol.mask.Pattern;
import java.util.List;

/**
 * The linear variant, for patterns with too many combinations: one alive bit per weight, positions removed instead of combinations. Each
 * group keeps its u(t) most salient positions, u(t) falling from M to N along LBC's ramp; ties go as in {@link LbcPolicy}. For N = 1 the
 * two are the same.
 */
public final class LinearPolicy implements MaskPolicy {
    private final int n;
    private final RemovalSchedule schedule;
    private final SurvivorTable table;

    /**
     * A policy with every position alive.
     *
     * @param schedule see {@link RemovalSchedule#forLinear}
     * @param layers in layer order, with distinct parameter names
     * @param threads to spread removals over; the outcome doesn't depend on it
     * @throws IllegalArgumentException if schedule or layers don't fit the pattern
     */
    public LinearPolicy(Pattern pattern, RemovalSchedule schedule, List<SparseLayer> layers, int threads) {
        if (schedule.combinations() != pattern.m() - pattern.n() + 1) {
            throw new IllegalArgumentException("pattern " + pattern + " needs a schedule from "
                    + (pattern.m() - pattern.n() + 1) + ", not from " + schedule.combinations());
        }
        this.n = pattern.n();
        this.schedule = schedule;
        int[] positions = new int[pattern.m()];
        for (int k = 0; k < positions.length; k++) {
            positions[k] = 1 << k;
        }
        this.table = new SurvivorTable("linear", pattern, positions, layers, threads);
    }

    @Override
    public int survivorsAt(long step) {
        return n - 1 + schedule.survivorsAt(step);
    }

    @Override
    public int survivors() {
        return table.alive();
    }

    @Override
    public boolean removalDue(long step) {
        return !complete() && survivorsAt(step) < survivors();
    }

    @Override
    public boolean complete() {
        return survivors() == n;
    }

    @Override
    public void remove(long step, List<LayerValues> layers) {
        if (removalDue(step)) {
            table.retain(survivorsAt(step), layers);
        }
    }

    @Override
    public List<SparseLayer> layers() {
        return table.layers();
    }

    @Override
    public List<LayerMask> masks() {
        return table.masks();
    }

    @Override
    public List<PolicyState> exportState() {
        return table.exportState();
    }

    @Override
    public void importState(List<PolicyState> state) {
        table.importState(state, n);
    }
}
