package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The optimizers' arithmetic by engine operations in place, for devices whose memory the host can't reach. */
final class DeviceUpdate {
    private DeviceUpdate() {}

    /** A parameter on a device: float32 arrays of one shape. */
    record Arrays(NDArray weight, NDArray gradient, List<NDArray> slots) {}

    /**
     * Updates one parameter without a synchronization; leaves the gradient undefined.
     *
     * @param step the step's number, counted from 0
     */
    static void apply(Optimizer optimizer, Arrays arrays, long step, float learningRate) {
        switch (optimizer) {
            case Sgd sgd -> sgd(sgd, arrays, learningRate);
            case AdamW adam -> adam(adam, arrays, step, learningRate);
        }
    }

    private static void sgd(Sgd sgd, Arrays arrays, float learningRate) {
        NDArray weight = arrays.weight();
        if (sgd.decoupled()) {
            weight.muli(1 - learningRate * sgd.weightDecay());
        }
        NDArray d = arrays.gradient();
        if (!sgd.decoupled() && sgd.weightDecay() != 0) {
            try (NDArray decay = weight.mul(sgd.weightDecay())) {
                d.addi(decay);
            }
        }
        NDArray direction =
                sgd.momentum() == 0 ? d : foldVelocity(sgd, arrays.slots().getFirst(), d);
        try (NDArray walk = direction.mul(learningRate)) {
            weight.subi(walk);
        }
    }

    /** Folds {@code d} into the velocity and returns the direction to walk. */
    private static NDArray foldVelocity(Sgd sgd, NDArray velocity, NDArray d) {
        velocity.muli(sgd.momentum()).addi(d);
        if (!sgd.nesterov()) {
            return velocity;
        }
        try (NDArray ahead = velocity.mul(sgd.momentum())) {
            return d.addi(ahead);
        }
    }

    private static void adam(AdamW adam, Arrays arrays, long step, float learningRate) {
        NDArray mean = arrays.slots().get(0);
        NDArray variance = arrays.slots().get(1);
        arrays.weight().muli(1 - learningRate * adam.weightDecay());
        NDArray g = arrays.gradient();
        try (NDArray square = g.mul(g)) {
            variance.muli((float) adam.beta2()).addi(square.muli(adam.share2()));
        }
        mean.muli((float) adam.beta1()).addi(g.muli(adam.share1()));
        try (NDArray scaled = variance.mul(adam.varianceCorrection(step));
                NDArray deviation = scaled.sqrt();
                NDArray walk = mean.mul(adam.meanStride(step, learningRate))) {
            arrays.weight().subi(walk.divi(deviation.addi(adam.offset())));
        }
    }
}
