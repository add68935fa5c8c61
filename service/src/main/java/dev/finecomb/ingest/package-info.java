/** Owns the consumer: bytes in, decoded batches or rejected records out, positions kept, committed state read. */
@NullMarked
package dev.finecomb.ingest;

import org.jspecify.annotations.NullMarked;
