/** Compact deterministic JSON out, strict bounded JSON in; how every JSON message of Finecomb is written and read. */
@NullMarked
package dev.finecomb.protocol.json;

import org.jspecify.annotations.NullMarked;
