@NullMarked
package dev.finecomb.control;

import org.jspecify.annotations.NullMarked;
