/** Durable trainer state: named, digested, written once, believed only after verification. */
@NullMarked
package dev.finecomb.checkpoint;

import org.jspecify.annotations.NullMarked;
