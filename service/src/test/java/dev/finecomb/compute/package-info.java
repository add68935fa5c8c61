@NullMarked
package dev.finecomb.compute;

import org.jspecify.annotations.NullMarked;
