package dev.finecomb.control;

import dev.finecomb.status.MaskBoard;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/**
 * The sparse layers that have a mask.
 *
 * @param step that the masks are of
 * @param layers the weights' names, in the model's order
 */
@Serdeable
record MaskList(long step, List<String> layers) {

    static MaskList of(MaskBoard.Masks masks) {
        return new MaskList(
                masks.step(),
                masks.layers().stream().map(MaskBoard.Layer::parameter).toList());
    }
}
