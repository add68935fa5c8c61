package dev.finecomb.training;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import java.util.List;

/** One step after another: forward, loss, backward, saliency, update. Between two steps its state is complete. */
public interface Trainer extends AutoCloseable {
    /** Steps done in the job's whole life, which is also the number of the next step. */
    long step();

    /** Samples trained on in the job's whole life. */
    long samples();

    /** Combinations per group before the first removal. */
    int combinations();

    /** Combinations alive per group in the next step's forward. */
    int survivors();

    /** Whether the masks are final. */
    boolean isRemovalComplete();

    /** The masks that the next forward uses, in layer order. */
    List<LayerMask> masks();

    /** The layers that are made sparse, in layer order. */
    List<SparseLayer> layers();

    /** Share of the sparse layers' weights that the next forward uses, 0 to 1. */
    double density();

    /**
     * Trains on one batch, or rejects it and leaves the whole state as it was, to the bit.
     *
     * @throws ai.djl.engine.EngineException when the engine fails for a reason that is not the batch, such as exhausted
     *     memory; the state is then undefined
     */
    StepResult step(TrainingBatch batch);

    /**
     * From the next step on the schedule goes on in the proportions of another base rate: every rate is that of the
     * configured schedule times {@code base} over the configured base. No part of a snapshot; whoever set it remembers it.
     *
     * @throws IllegalArgumentException when the weights, which are float32, could not be updated by such a rate; then
     *     nothing has changed
     */
    void setBaseRate(double base);

    /** Copies the whole state; the copies stay as they are when the next step begins, until the snapshot is closed. */
    TrainerSnapshot snapshot();

    /**
     * Continues where a snapshot was taken.
     *
     * @throws IllegalArgumentException when it was taken of another model or configuration; then nothing has changed
     * @throws dev.finecomb.sparsity.IncompatibleStateException when it was taken under another pattern or variant; then
     *     nothing has changed
     */
    void restore(TrainerSnapshot snapshot);

    /** Where it trains, as the engine names it. */
    String device();

    /** Native arrays that the model and this trainer own; the same after every step. */
    int nativeArrays();

    /** Frees the trainer's memory and the model's. */
    @Override
    void close();
}
