/** Owns the transactional producer: what a cut makes visible, and the one conversation that makes it so. */
@NullMarked
package dev.finecomb.publish;

import org.jspecify.annotations.NullMarked;
