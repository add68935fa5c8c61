@NullMarked
package dev.finecomb.sparsity;

import org.jspecify.annotations.NullMarked;
