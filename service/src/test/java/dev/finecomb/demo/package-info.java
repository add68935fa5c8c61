@NullMarked
package dev.finecomb.demo;

import org.jspecify.annotations.NullMarked;
