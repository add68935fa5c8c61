/**
 * Learning the best combination (LBC): which weights of a layer live. Pure mathematics without input or output: the combinatorics run in
 * plain Java on host memory for every device; the pass of every step has a host and a device form.
 */
@NullMarked
package dev.finecomb.sparsity;

import org.jspecify.annotations.NullMarked;
