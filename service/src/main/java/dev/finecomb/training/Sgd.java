package dev.finecomb.training;

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
    public HostUpdate hostUpdate(Kernels kernels, long step, float learningRate, float scale) {
        float shrink = decoupled ? 1 - learningRate * weightDecay : 1;
        float coupled = decoupled ? 0 : weightDecay;
        var descent = new Descent(scale, learningRate, shrink, coupled, momentum, nesterov);
        return momentum == 0
                ? (arrays, gradient, alive) -> kernels.descend(descent, arrays.weight(), gradient, alive)
                : (arrays, gradient, alive) ->
                        kernels.descend(descent, arrays.weight(), arrays.slots().getFirst(), gradient, alive);
    }
}
