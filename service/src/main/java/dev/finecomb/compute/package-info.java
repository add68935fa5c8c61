/** Arithmetic over host memory at the speed of the memory, and the crew of threads that shares it out. */
@NullMarked
package dev.finecomb.compute;

import org.jspecify.annotations.NullMarked;
