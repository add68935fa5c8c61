/** A real broker and a sample stream for the first five minutes; not on the production class path. */
@NullMarked
package dev.finecomb.demo;

import org.jspecify.annotations.NullMarked;
