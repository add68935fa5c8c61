/** One step: forward, loss, backward, saliency, update; and the trainer's state as named tensors. */
@NullMarked
package dev.finecomb.training;

import org.jspecify.annotations.NullMarked;
