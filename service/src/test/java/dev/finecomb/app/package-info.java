@NullMarked
package dev.finecomb.app;

import org.jspecify.annotations.NullMarked;
