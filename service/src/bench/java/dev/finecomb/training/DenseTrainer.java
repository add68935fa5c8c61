package dev.finecomb.training;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.TrainableModel;
import java.util.List;

/** The service's own trainer without a sparse layer: what its sparsity is measured against. */
public final class DenseTrainer {
    private DenseTrainer() {}

    /** The trainer that a job would have, but for the sparse layers; closes the model when it is closed. */
    public static Trainer of(TrainableModel model, FinecombConfig config) {
        return TrainerAssembly.trainer(model, config, List.of());
    }
}
