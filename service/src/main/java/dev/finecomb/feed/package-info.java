/** Samples in files, as people keep them: CSV, NumPy arrays, safetensors. Read strictly, and cut into batches. */
@NullMarked
package dev.finecomb.feed;

import org.jspecify.annotations.NullMarked;
