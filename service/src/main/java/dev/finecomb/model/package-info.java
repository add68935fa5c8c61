/** Owns the model: the TorchScript archive on disk, the loaded module and its native memory. */
@NullMarked
package dev.finecomb.model;

import org.jspecify.annotations.NullMarked;
