/** Seeded fuzzing: a mutator that knows the structures it damages, and the conditions that every decoder is held to. */
@NullMarked
package dev.finecomb.fuzz;

import org.jspecify.annotations.NullMarked;
