/** The finished sparse model on disk, and the proof, counted in the written files, that it is N:M. */
@NullMarked
package dev.finecomb.export;

import org.jspecify.annotations.NullMarked;
