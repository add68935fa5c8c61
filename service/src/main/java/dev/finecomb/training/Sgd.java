package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import dev.finecomb.compute.Descent;
import dev.finecomb.compute.Kernels;
import java.util.List;

/**
 * Stochastic gradient descent as PyTorch has it: {@code d = g + wd*w; v = mu*v + d; d = nesterov ? d + mu*v : v;
 * w -= lr*d}. Decoupled weight decay shrinks the weight by {@code lr*wd} first and leaves it out of {@code d}.
 */
record Sgd(float momentum, boolean nesterov, float weightDecay, boolean decoupled) implements Optimizer {

    @Override
    public List<String> slots() {
        return momentum == 0 ? List.of() : List.of("momentum");
    }

    @Override
    public HostUpdate hostUpdate(Kernels kernels, long step, float learningRate) {
        float shrink = decoupled ? 1 - learningRate * weightDecay : 1;
        float coupled = decoupled ? 0 : weightDecay;
        var descent = new Descent(learningRate, shrink, coupled, momentum, nesterov);
        return momentum == 0
                ? (arrays, alive) -> kernels.descend(descent, arrays.weight(), arrays.gradient(), alive)
                : (arrays, alive) ->
                        kernels.descend(descent, arrays.weight(), arrays.slots().getFirst(), arrays.gradient(), alive);
    }

    @Override
    public void update(DeviceArrays arrays, long step, float learningRate) {
        NDArray weight = arrays.weight();
        if (decoupled) {
            weight.muli(1 - learningRate * weightDecay);
        }
        NDArray d = arrays.gradient();
        if (!decoupled && weightDecay != 0) {
            try (NDArray decay = weight.mul(weightDecay)) {
                d.addi(decay);
            }
        }
        NDArray direction = momentum == 0 ? d : foldVelocity(arrays.slots().getFirst(), d);
        try (NDArray walk = direction.mul(learningRate)) {
            weight.subi(walk);
        }
    }

    /** Folds {@code d} into the velocity and returns the direction to walk. */
    private NDArray foldVelocity(NDArray velocity, NDArray d) {
        velocity.muli(momentum).addi(d);
        if (!nesterov) {
            return velocity;
        }
        try (NDArray ahead = velocity.mul(momentum)) {
            return d.addi(ahead);
        }
    }
}
