@NullMarked
package dev.finecomb.cli;

import org.jspecify.annotations.NullMarked;
