package dev.finecomb.export;

import dev.finecomb.sparsity.LayerMask;

/**
 * The final mask of one sparse layer.
 *
 * @param parameter the weight's state-dict name
 * @param mask its bits in grouped order
 */
public record NamedMask(String parameter, LayerMask mask) {}
