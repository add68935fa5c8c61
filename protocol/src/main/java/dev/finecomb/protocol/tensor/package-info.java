/**
 * Safetensors: typed, shaped, little-endian arrays behind a JSON header, and nothing executable.
 *
 * <p>The readers are strict, bounded and total: they believe nothing, allocate in proportion to what they were given, and
 * answer with tensors or with a {@link dev.finecomb.protocol.tensor.MalformedTensorsException}, never with anything else.
 */
@NullMarked
package dev.finecomb.protocol.tensor;

import org.jspecify.annotations.NullMarked;
