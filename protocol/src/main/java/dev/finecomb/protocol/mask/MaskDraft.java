package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Require;
import java.util.List;

/**
 * All masks of a job at one step, about to be published.
 *
 * @param origin job, incarnation and step
 * @param version number of the snapshot in its incarnation, greater than that of every earlier one
 * @param state {@link MaskState#FINAL} promises exactly N kept weights in each group
 * @param pattern N:M
 * @param layers every sparse layer, in the model's order
 */
public record MaskDraft(Origin origin, long version, MaskState state, Pattern pattern, List<LayerBits> layers) {
    /** Refuses masks that break the promise of their state with an {@link InvalidValueException}. */
    public MaskDraft {
        Require.atLeast("version", version, 1);
        layers = List.copyOf(layers);
        for (LayerBits layer : layers) {
            check(layer, state, pattern);
        }
    }

    static void check(LayerBits layer, MaskState state, Pattern pattern) {
        if (layer.layout().m() != pattern.m()) {
            throw new InvalidValueException(
                    "bits of " + layer.parameter(),
                    "groups of " + pattern.m(),
                    "groups of " + layer.layout().m());
        }
        long groups = layer.layout().groups();
        long exact = state == MaskState.FINAL ? layer.groupsKeeping(pattern.n()) : groups;
        if (exact != groups) {
            throw new InvalidValueException(
                    "bits of " + layer.parameter(),
                    "exactly " + pattern.n() + " kept in each group of a final mask",
                    (groups - exact) + " other groups of " + groups);
        }
    }
}
