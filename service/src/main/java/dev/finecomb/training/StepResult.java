package dev.finecomb.training;

import dev.finecomb.protocol.batch.RejectReason;
import java.util.OptionalDouble;

/** What became of a batch. */
public sealed interface StepResult {

    /**
     * The batch was trained on.
     *
     * @param step steps done in the job's whole life, this one included
     * @param samples in the batch
     * @param loss the batch's mean loss, before it was trained on
     * @param accuracy share of it predicted right before it was trained on; empty for a regression
     * @param learningRate of the update
     * @param gradientNorm before clipping
     * @param survivors combinations alive per group after it
     * @param density share of the sparse layers' weights alive after it, 0 to 1
     * @param removed whether combinations were removed after the update, so that the next forward sees fewer
     */
    record Trained(
            long step,
            int samples,
            double loss,
            OptionalDouble accuracy,
            double learningRate,
            double gradientNorm,
            int survivors,
            double density,
            boolean removed)
            implements StepResult {}

    /** The batch was refused, and nothing of the trainer's state has changed. */
    record Rejected(RejectReason reason, String detail) implements StepResult {}
}
