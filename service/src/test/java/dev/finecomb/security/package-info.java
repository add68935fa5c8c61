@NullMarked
package dev.finecomb.security;

import org.jspecify.annotations.NullMarked;
