package dev.finecomb.training;

import dev.finecomb.compute.Kernels;
import dev.finecomb.compute.Mask;
import dev.finecomb.sparsity.HostSaliency;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A run of one parameter in host memory, so short that it stays in a core's own cache from the first loop that a step sends
 * over it to the last. Its gradients lie elsewhere in every step, where the backward pass has put them.
 */
sealed interface HostBlock {
    /** Where it is. */
    Run run();

    /** Its weights and optimizer state. */
    Optimizer.HostArrays arrays();

    /** Which of its weights live. */
    Mask alive();

    /**
     * Folds the gradients into saliencies and weights.
     *
     * @param gradients by parameter; left as they are, for two parameters may share one
     */
    void update(Step step, List<MemorySegment> gradients);

    /** The sum of the gradients' squares, without those of dead weights; not finite when any gradient is not. */
    default double squares(Kernels kernels, List<MemorySegment> gradients) {
        return kernels.squares(run().of(gradients), alive());
    }

    /** Makes dead weights and their state exactly +0.0. */
    void zeroDead(Kernels kernels);

    /** The elements from {@code from} up to {@code to} of a parameter, which goes by its place in the model. */
    record Run(int parameter, long from, long to) {
        private MemorySegment of(List<MemorySegment> gradients) {
            return gradients.get(parameter).asSlice(from * Float.BYTES, (to - from) * Float.BYTES);
        }
    }

    /**
     * What one step does to every block.
     *
     * @param scale factor on every gradient, from clipping, which the update knows by itself
     * @param learnSaliencies false once the masks are final
     */
    record Step(HostSaliency saliency, Optimizer.HostUpdate update, float scale, boolean learnSaliencies) {}

    /** A run of a parameter that stays dense. */
    record Dense(Run run, Optimizer.HostArrays arrays, Mask alive) implements HostBlock {
        @Override
        public void update(Step step, List<MemorySegment> gradients) {
            step.update().apply(arrays, run.of(gradients), alive);
        }

        @Override
        public void zeroDead(Kernels kernels) {
            // None is dead.
        }
    }

    /** A run of a sparse layer's weight. */
    record Sparse(Run run, Optimizer.HostArrays arrays, Mask alive, HostSaliency.Slice saliency) implements HostBlock {
        @Override
        public void update(Step step, List<MemorySegment> gradients) {
            MemorySegment gradient = run.of(gradients);
            if (step.learnSaliencies()) {
                // Not masked first: a dead weight is 0, and so is its product with any gradient.
                step.saliency().accumulate(saliency, arrays.weight(), gradient, step.scale());
            }
            step.update().apply(arrays, gradient, alive);
        }

        @Override
        public void zeroDead(Kernels kernels) {
            kernels.zeroDead(arrays.weight(), alive);
            arrays.slots().forEach(slot -> kernels.zeroDead(slot, alive));
        }
    }
}
