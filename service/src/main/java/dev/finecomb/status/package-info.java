/**
 * What a job looks like from outside: an immutable snapshot that the loop publishes and meters, health and HTTP read.
 */
@NullMarked
package dev.finecomb.status;

import org.jspecify.annotations.NullMarked;
