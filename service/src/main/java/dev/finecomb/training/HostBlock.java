package dev.finecomb.training;

import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import dev.finecomb.sparsity.HostSaliency;

/**
 * A run of one parameter in host memory, so short that it stays in a core's own cache from the first loop that a step sends
 * over it to the last.
 */
sealed interface HostBlock {
    /** The run's weights, gradients and optimizer state. */
    Optimizer.HostArrays arrays();

    /** Which of its weights live. */
    Mask alive();

    /** Folds the gradients into saliencies and weights, and sets them to zero. */
    void update(Step step);

    /** The sum of the gradients' squares, without those of dead weights; not finite when any gradient is not. */
    default double squares(Kernels kernels) {
        return kernels.squares(arrays().gradient(), alive());
    }

    /** Makes dead weights and their state exactly +0.0. */
    default void zeroDead(Kernels kernels) {
        kernels.zeroDead(arrays().weight(), alive());
        arrays().slots().forEach(slot -> kernels.zeroDead(slot, alive()));
    }

    /**
     * What one step does to every block.
     *
     * @param scale factor on every gradient, from clipping
     * @param learnSaliencies false once the masks are final
     */
    record Step(
            Kernels kernels, HostSaliency saliency, Optimizer.HostUpdate update, float scale, boolean learnSaliencies) {

        private void scale(Optimizer.HostArrays arrays) {
            if (scale != 1) {
                kernels.scale(arrays.gradient(), scale);
            }
        }
    }

    /** A run of a parameter that stays dense. */
    record Dense(Optimizer.HostArrays arrays, Mask alive) implements HostBlock {
        @Override
        public void update(Step step) {
            step.scale(arrays);
            step.update().apply(arrays, alive);
        }
    }

    /** A run of a sparse layer's weight. */
    record Sparse(Optimizer.HostArrays arrays, Mask alive, HostSaliency.Slice saliency) implements HostBlock {
        @Override
        public void update(Step step) {
            step.scale(arrays);
            if (step.learnSaliencies()) {
                // Not masked first: a dead weight is 0, and so is its product with any gradient.
                step.saliency().accumulate(saliency, arrays.weight(), arrays.gradient());
            }
            step.update().apply(arrays, alive);
        }
    }
}
