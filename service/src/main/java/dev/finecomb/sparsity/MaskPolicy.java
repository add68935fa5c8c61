package dev.finecomb.sparsity;

import java.util.List;

/**
 * Decides which weights live. The trainer asks {@link #removalDue} at the start of every step, before the forward, and answers with
 * {@link #remove}; in between it keeps the saliencies that a removal ranks by, until {@link #complete}. One thread uses a policy.
 *
 * <pre>
 *   start of step --removalDue--&gt; remove --masks--&gt; zero what died --&gt; forward, backward, accumulate (unless complete), update
 * </pre>
 */
public interface MaskPolicy {
    /** Survivors per group that the schedule wants in the forward of this step. */
    int survivorsAt(long step);

    /** Survivors per group now: of combinations for exact LBC, of positions for the linear variant. */
    int survivors();

    /** Whether the schedule wants fewer survivors at this step than there are now. */
    boolean removalDue(long step);

    /** Whether the masks are final: saliencies freeze, {@link #remove} has nothing left to do. */
    boolean complete();

    /**
     * Drops every group to the survivors of this step; does nothing when none is due. All layers change together or, if this
     * throws, none does.
     *
     * @param layers one per sparse layer, in layer order
     * @throws NonFiniteSaliencyException if a saliency or weight is NaN or infinite
     * @throws IllegalArgumentException if the number of layers or the size of a segment is wrong
     */
    void remove(long step, List<LayerValues> layers);

    /** The layers this policy makes sparse, in layer order. */
    List<SparseLayer> layers();

    /** The current masks, one per sparse layer, in layer order; immutable. */
    List<LayerMask> masks();

    /** Everything that {@link #importState} needs to go on exactly as this policy would; names are stable. */
    List<PolicyState> exportState();

    /**
     * Takes over an exported state, or, if this throws, changes nothing.
     *
     * @throws IncompatibleStateException if names, sizes or counts don't fit this policy
     */
    void importState(List<PolicyState> state);
}
