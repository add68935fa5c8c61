package dev.finecomb.status;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a job has come, and how well.
 *
 * @param progress steps and samples
 * @param metrics of the last step
 * @param sparsity of the whole model
 */
public record TrainingStatus(Progress progress, Metrics metrics, Sparsity sparsity) {

    /** Nothing trained yet. */
    public static final TrainingStatus NONE = new TrainingStatus(
            new Progress(0, OptionalLong.empty(), 0, OptionalDouble.empty(), Timing.NONE),
            new Metrics(
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty()),
            new Sparsity(0, 0, 1, List.of()));

    /** The same without the list of layers, which is long and changes seldom. */
    public TrainingStatus withoutLayers() {
        var bare = new Sparsity(sparsity.survivors(), sparsity.combinations(), sparsity.density(), List.of());
        return new TrainingStatus(progress, metrics, bare);
    }

    /**
     * Steps and samples.
     *
     * @param step steps done in the job's whole life
     * @param plannedSteps the step at which the model is exported
     * @param samples samples trained on in the job's whole life
     * @param stepsPerSecond over the last steps; absent while that is unknown
     * @param steps time of the steps done by this process
     */
    public record Progress(
            long step, OptionalLong plannedSteps, long samples, OptionalDouble stepsPerSecond, Timing steps) {}

    /**
     * What the last step measured; absent before the first.
     *
     * @param loss the batch's mean loss
     * @param accuracy share of the batch that was right before it was trained on, 0 to 1; absent for regressions
     * @param prequentialAccuracy the same over a sliding window of batches
     * @param learningRate the rate of the last update
     * @param gradientNorm the norm of the whole gradient before it was clipped
     */
    public record Metrics(
            OptionalDouble loss,
            OptionalDouble accuracy,
            OptionalDouble prequentialAccuracy,
            OptionalDouble learningRate,
            OptionalDouble gradientNorm) {}

    /**
     * How sparse the model is.
     *
     * @param survivors combinations that survive in every group
     * @param combinations combinations there were
     * @param density share of the sparse layers' weights that the masks keep, 0 to 1
     * @param layers every layer and its verdict, in the model's order
     */
    public record Sparsity(int survivors, int combinations, double density, List<LayerStatus> layers) {

        public Sparsity {
            layers = List.copyOf(layers);
        }
    }
}
