package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * An optimizer on a device: one launch of the engine's own fused update over flat arrays that hold the whole model, with
 * the arithmetic of {@link Optimizer}'s host form to a few units in the last place.
 */
final class DeviceUpdate {
    private final Optimizer optimizer;
    private final Operations operations;
    private final List<NDArray> slots;
    private final NDArray count;

    /**
     * State of 0.
     *
     * @param size elements of each flat array
     * @param manager owns the state
     */
    DeviceUpdate(Optimizer optimizer, Operations operations, long size, NDManager manager) {
        this.optimizer = optimizer;
        this.operations = operations;
        List<NDArray> zeros = new ArrayList<>();
        optimizer.slots().forEach(slot -> zeros.add(manager.zeros(new Shape(size))));
        this.slots = List.copyOf(zeros);
        this.count = manager.create(0f);
    }

    /** The optimizer's state, in the order of {@link Optimizer#slots}. */
    List<NDArray> slots() {
        return slots;
    }

    /**
     * Updates the weights in place without a synchronization; leaves the gradients as they are.
     *
     * @param weights float32 and flat, like {@code gradients}
     */
    void apply(NDArray weights, NDArray gradients, Operations.Pace pace) {
        switch (optimizer) {
            case Sgd sgd -> {
                if (sgd.decoupled() && sgd.weightDecay() != 0) {
                    weights.muli(1 - pace.rate() * sgd.weightDecay());
                }
                operations.sgd(sgd, weights, gradients, slots, pace.rate());
            }
            case AdamW adam -> operations.adamw(adam, weights, gradients, slots, count, pace);
        }
    }
}
