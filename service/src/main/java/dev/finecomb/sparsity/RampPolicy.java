package dev.finecomb.sparsity;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.Pattern;
import java.util.List;

/** A policy whose groups lose choices along a {@link RemovalSchedule}; what a choice is, is up to the variant. */
abstract sealed class RampPolicy implements MaskPolicy permits LbcPolicy, LinearPolicy {
    private final RemovalSchedule schedule;
    private final int fewest;
    private final SurvivorTable table;
    private final SurvivorStates states;

    /**
     * A policy with every choice alive.
     *
     * @param variant what a choice is, and the stable name under which states are stored
     * @param schedule lifted so that it ends at the variant's fewest survivors
     */
    RampPolicy(Variant variant, Pattern pattern, RemovalSchedule schedule, List<SparseLayer> layers, Workers workers) {
        int[] choices = variant.choices().stream().mapToInt(Integer::intValue).toArray();
        int ramp = choices.length - variant.fewest() + 1;
        if (schedule.combinations() != ramp) {
            throw new IllegalArgumentException(
                    "pattern " + pattern + " needs a schedule from " + ramp + ", not from " + schedule.combinations());
        }
        this.schedule = schedule;
        this.fewest = variant.fewest();
        this.table = new SurvivorTable(pattern, choices, layers, workers);
        this.states = new SurvivorStates(variant.name(), pattern, fewest, choices.length, table.layers());
    }

    /** The choices of a group as bits, and how many of them survive in the end. */
    record Variant(String name, int fewest, List<Integer> choices) {}

    @Override
    public int survivorsAt(long step) {
        return fewest - 1 + schedule.survivorsAt(step);
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
        return survivors() == fewest;
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
        return states.encode(table.alive(), table.survivors());
    }

    @Override
    public void importState(List<PolicyState> state) {
        SurvivorStates.Stored stored = states.decode(state);
        table.load(stored.alive(), stored.survivors());
    }

    /** A copy of the survivors of each layer, for tests of their nesting. */
    List<Survivors> survivorBits() {
        return table.survivors().stream().map(Survivors::copy).toList();
    }
}
