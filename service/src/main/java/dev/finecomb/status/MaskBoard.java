package dev.finecomb.status;

import dev.finecomb.protocol.mask.GroupedLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The place where the newest masks hang. One thread writes, any thread reads without waiting. */
public final class MaskBoard {

    /**
     * The masks after one step. Immutable.
     *
     * @param step the step
     * @param layers every sparse layer, in the model's order
     */
    public record Masks(long step, List<Layer> layers) {

        public Masks {
            layers = List.copyOf(layers);
        }

        /** The layer of this weight, if it is sparse. */
        public Optional<Layer> find(String parameter) {
            return layers.stream()
                    .filter(layer -> layer.parameter().equals(parameter))
                    .findFirst();
        }
    }

    /**
     * One layer's mask.
     *
     * @param parameter name of the weight in the model's state dict
     * @param layout the weight's shape and groups
     * @param bits one bit a weight in grouped order, least significant first, 1 where it lives; made anew at each call
     */
    public record Layer(String parameter, GroupedLayout layout, Supplier<byte[]> bits) {}

    private volatile Masks current = new Masks(0, List.of());

    /** The newest masks. */
    public Masks current() {
        return current;
    }

    /** Replaces the masks. */
    public void publish(Masks next) {
        current = next;
    }
}
