/** Immutable, validated settings and the strict binder that reports every problem of a configuration at once. */
@NullMarked
package dev.finecomb.config;

import org.jspecify.annotations.NullMarked;
