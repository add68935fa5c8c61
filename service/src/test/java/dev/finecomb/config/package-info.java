@NullMarked
package dev.finecomb.config;

import org.jspecify.annotations.NullMarked;
