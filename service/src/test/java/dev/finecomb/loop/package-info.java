@NullMarked
package dev.finecomb.loop;

import org.jspecify.annotations.NullMarked;
