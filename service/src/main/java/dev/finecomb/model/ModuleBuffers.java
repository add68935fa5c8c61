package dev.finecomb.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.Arrays;
import java.util.List;

/**
 * The live buffers of a loaded module, such as running statistics, which the engine itself hands out only inside a saved
 * archive.
 */
public final class ModuleBuffers {
    private ModuleBuffers() {}

    /**
     * The buffers as arrays over the module's own memory: a forward pass in training mode shows in them, writing into
     * them shows in the next forward pass.
     *
     * @param block a module loaded from a file that {@link ModuleArchive#writeWithAccessor} wrote
     * @param manager owns the returned arrays; closing it releases them, not the module's memory
     * @param buffers {@link ModuleArchive#buffers()} of that file
     * @return one array for each buffer, in the same order, named like it
     * @throws IllegalStateException if the module's buffers are not those of the archive
     */
    public static List<NDArray> of(PtSymbolBlock block, NDManager manager, List<ArchivedTensor> buffers) {
        if (buffers.isEmpty()) {
            return List.of();
        }
        NDList arrays;
        try (IValue result = IValueUtils.runMethod(block, BufferAccessor.METHOD)) {
            arrays = result.toNDList((PtNDManager) manager);
        }
        if (arrays.size() != buffers.size()) {
            throw new IllegalStateException(
                    "the module returned " + arrays.size() + " buffers, its archive lists " + buffers.size());
        }
        for (int i = 0; i < buffers.size(); i++) {
            NDArray array = arrays.get(i);
            ArchivedTensor buffer = buffers.get(i);
            List<Long> shape =
                    Arrays.stream(array.getShape().getShape()).boxed().toList();
            if (!shape.equals(buffer.shape())) {
                throw new IllegalStateException(
                        "buffer " + buffer.name() + " is " + shape + " in the module, " + buffer.shape() + " on disk");
            }
            array.setName(buffer.name());
        }
        return List.copyOf(arrays);
    }
}
