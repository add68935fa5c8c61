/**
 * Training batches as records carry them: the strict, bounded, total decoder, the closed list of reasons why a record is
 * refused, and the encoder for producers.
 */
@NullMarked
package dev.finecomb.protocol.batch;

import org.jspecify.annotations.NullMarked;
