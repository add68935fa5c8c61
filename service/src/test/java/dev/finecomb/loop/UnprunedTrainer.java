package dev.finecomb.loop;

import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.training.Trainer;
import java.util.List;

/** What a trainer says of itself that never removes anything from its one layer. */
abstract class UnprunedTrainer implements Trainer {
    private final SparseLayer layer;

    UnprunedTrainer(SparseLayer layer) {
        this.layer = layer;
    }

    @Override
    public final int combinations() {
        return 6;
    }

    @Override
    public final int survivors() {
        return 6;
    }

    @Override
    public final boolean isRemovalComplete() {
        return false;
    }

    @Override
    public final List<LayerMask> masks() {
        return List.of(LayerMask.keepingAll(layer.layout()));
    }

    @Override
    public final List<SparseLayer> layers() {
        return List.of(layer);
    }

    @Override
    public final double density() {
        return 1;
    }

    @Override
    public final int nativeArrays() {
        return 0;
    }

    @Override
    public final void close() {}
}
