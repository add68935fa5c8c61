/** Holds the Helm chart to what it promises. */
@NullMarked
package dev.finecomb.helm;

import org.jspecify.annotations.NullMarked;
