package dev.finecomb.sparsity;

import java.lang.foreign.MemorySegment;

/**
 * What a removal reads of one layer. Both segments hold float32 in native byte order, in the weight's own layout, and must be
 * accessible from any thread (not of a confined arena).
 *
 * @param weights the effective weights w, dead ones 0
 * @param saliencies the accumulators a
 */
public record LayerValues(MemorySegment weights, MemorySegment saliencies) {}
