/** The JSON messages: metrics, events, checkpoint manifests and pointers, commands, finished models. */
@NullMarked
package dev.finecomb.protocol.message;

import org.jspecify.annotations.NullMarked;
