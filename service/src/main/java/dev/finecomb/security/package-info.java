/** How the Kafka clients prove who they are, and what they have to be allowed to do. */
@NullMarked
package dev.finecomb.security;

import org.jspecify.annotations.NullMarked;
