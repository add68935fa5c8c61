package dev.finecomb.sparsity;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.Pattern;
import java.util.Arrays;
import java.util.List;

/**
 * Exact learning of the best combination.
 *
 * <p>Per group every combination of N of M positions has a learnable score; the mask is the union of the combinations that survive, and
 * at each removal the worst-scored go, until one is left. Scores follow plain SGD on {@code dL/ds_j}, the sum of {@code g_k * w_k} over
 * the combination's positions, with g the gradient of the effective weight [1].
 *
 * <p>All survivors of a group start equal and have seen every update, and SGD is linear; so with any momentum, weight decay and
 * learning rates {@code score_j = c + sum of a_k over j's positions}, where c is common to the group and a is the one accumulator per
 * weight of {@link HostSaliency} or {@link DeviceSaliency}. So the scores exist only inside a removal, of which there are at most C - 1,
 * and the lasting state is one float per weight (two with momentum) and C bits per group.
 *
 * <p>Unlike in the authors' code, removed means a bit, never "score is exactly 0", which momentum would revive; and a tie is broken by
 * the larger sum of |w|, then by the lower index, so that the outcome is one and the same everywhere.
 *
 * <p>[1] Zhang et al., "Learning Best Combination for Efficient N:M Sparsity", NeurIPS 2022.
 */
public final class LbcPolicy extends RampPolicy {
    /**
     * A policy with every combination alive.
     *
     * @param schedule see {@link RemovalSchedule#forLbc}
     * @param layers in layer order, with distinct parameter names
     * @param workers to spread removals over; the outcome doesn't depend on them
     * @throws IllegalArgumentException if the pattern has too many combinations, or schedule or layers don't fit it
     */
    public LbcPolicy(Pattern pattern, RemovalSchedule schedule, List<SparseLayer> layers, Workers workers) {
        super(new Variant("lbc", 1, combinations(pattern)), pattern, schedule, layers, workers);
    }

    private static List<Integer> combinations(Pattern pattern) {
        return Arrays.stream(Combinations.of(pattern).toBits()).boxed().toList();
    }
}
