/** What crosses Kafka: names, headers and the rules that every message shares. */
@NullMarked
package dev.finecomb.protocol;

import org.jspecify.annotations.NullMarked;
