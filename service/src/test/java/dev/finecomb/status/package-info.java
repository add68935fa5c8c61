@NullMarked
package dev.finecomb.status;

import org.jspecify.annotations.NullMarked;
