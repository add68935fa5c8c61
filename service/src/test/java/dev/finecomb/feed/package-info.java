@NullMarked
package dev.finecomb.feed;

import org.jspecify.annotations.NullMarked;
