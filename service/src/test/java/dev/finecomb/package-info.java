@NullMarked
package dev.finecomb;

import org.jspecify.annotations.NullMarked;
