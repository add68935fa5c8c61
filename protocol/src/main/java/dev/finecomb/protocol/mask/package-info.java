/** Mask snapshots: the pattern, the grouped order, chunks and manifest, and the consumer that hands out whole snapshots. */
@NullMarked
package dev.finecomb.protocol.mask;

import org.jspecify.annotations.NullMarked;
