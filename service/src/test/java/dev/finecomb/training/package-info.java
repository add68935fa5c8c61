@NullMarked
package dev.finecomb.training;

import org.jspecify.annotations.NullMarked;
