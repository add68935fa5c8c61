package dev.finecomb.training;

import dev.finecomb.compute.Workers;
import dev.finecomb.model.TrainableModel;
import java.lang.foreign.Arena;

/**
 * What the parts of one trainer share.
 *
 * @param operations the engine's, owned by the model
 * @param workers whom bank, policy and snapshots share their work out to
 * @param memory owns what the bank holds on the host
 */
record TrainerResources(Operations operations, Workers workers, Arena memory) implements AutoCloseable {
    static TrainerResources of(TrainableModel model, int threads) {
        return new TrainerResources(new Operations(model.manager()), new Workers(threads), Arena.ofShared());
    }

    @Override
    public void close() {
        workers.close();
        memory.close();
    }
}
