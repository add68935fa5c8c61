package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.LayerValues;
import java.util.Arrays;
import java.util.List;

/**
 * All that a step changes, where it lives: the weights, their gradients, the optimizer's state, the saliencies and the
 * masks, in host memory or on a device. The two forms compute the same; the host form works in place on the engine's own
 * memory.
 *
 * <p>A step calls {@link #foldGradients} once after backward and then either {@link #update} or {@link #discardGradients}.
 */
sealed interface ParameterBank extends AutoCloseable permits HostParameters, DeviceParameters {

    /** The parameters whose gradients the backward pass is to hand over; none where it adds them to the bank's own. */
    List<NDArray> differentiated();

    /**
     * Measures the gradients of the living weights, and brings the step's numbers to the host. It is the one
     * moment of a step that waits for a device, and it can't be spared: whether the batch is refused decides the next
     * step's number, rate and seed. It stands between backward and the update, so that the device has the update to do
     * while the host goes on to the next batch.
     *
     * @param numbers float64 [n], what else the step measured
     * @param gradients of {@link #differentiated}, which are the bank's until the update
     */
    Measured foldGradients(NDArray numbers, List<NDArray> gradients);

    /**
     * What a step measured.
     *
     * @param gradientNorm the L2 norm over all parameters; NaN or infinite when any gradient element, dead or alive, was
     * @param numbers those given, in their order; the bank's own may follow
     */
    record Measured(double gradientNorm, List<Double> numbers) {
        static Measured of(double gradientNorm, double[] numbers) {
            return new Measured(gradientNorm, Arrays.stream(numbers).boxed().toList());
        }
    }

    /**
     * Folds the gradients into the saliencies, then into the weights.
     *
     * @param scale factor on every gradient, from clipping
     * @param learnSaliencies false once the masks are final, when the saliencies are frozen
     */
    void update(long step, float learningRate, float scale, boolean learnSaliencies);

    /** Forgets this step's gradients; nothing else changes. */
    void discardGradients();

    /** Weights and saliencies of each sparse layer in host memory, in layer order; valid until the next update. */
    List<LayerValues> layerValues();

    /** Sets the masks, in layer order; dead weights and their optimizer state become exactly +0.0. */
    void apply(List<LayerMask> masks);

    /** Every array of the state, weights first, under stable names. */
    List<StateArray> state();

    /** Frees the saliencies; the weights belong to the model. */
    @Override
    void close();
}
