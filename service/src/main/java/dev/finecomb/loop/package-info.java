/** The corridor: one thread, one state, the order of things. */
@NullMarked
package dev.finecomb.loop;

import org.jspecify.annotations.NullMarked;
