package dev.finecomb.model;

import dev.finecomb.protocol.tensor.DType;
import java.nio.file.Path;

/** Whether a module can be trained in place; decided from its file, without the engine. */
public final class Trainable {
    private Trainable() {}

    /**
     * Returns if every parameter can be trained.
     *
     * @param file what the message names
     * @throws UnreadableModelException for the first parameter that is not contiguous float32 below 2 GiB, or is tied to another
     */
    public static void require(ModuleArchive archive, Path file) throws UnreadableModelException {
        for (ArchivedTensor tensor : archive.parameters()) {
            boolean tooLarge = tensor.elements() * tensor.dtype().bytes() > Integer.MAX_VALUE;
            boolean contiguous = tensor.isContiguous();
            if (tensor.dtype() != DType.F32 || tooLarge || !contiguous) {
                throw new UnreadableModelException(
                        file.toString(),
                        "parameter " + tensor.name() + " is " + tensor.dtype() + " " + tensor.shape()
                                + (contiguous ? "" : ", not contiguous")
                                + "; trained parameters are contiguous float32, below 2 GiB each",
                        "convert the module with .float(), and its parameters with .contiguous(), before torch.jit.save");
            }
            if (!archive.aliases(tensor).isEmpty()) {
                throw new UnreadableModelException(
                        file.toString(),
                        "parameter " + tensor.name() + " shares its memory with " + archive.aliases(tensor),
                        "untie the weights (clone one of them) before torch.jit.save; tied ones can't be trained here");
            }
        }
        if (archive.parameters().isEmpty()) {
            throw new UnreadableModelException(
                    file.toString(), "it has no parameters", "save the module itself, not a frozen or optimized copy");
        }
    }
}
