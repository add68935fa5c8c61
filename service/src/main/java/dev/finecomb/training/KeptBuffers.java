package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.finecomb.model.TrainableModel.ModelBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The module's buffers as they were before a step's forward, which changes them at once: for putting back when the batch
 * is refused, and for telling whether the batch spoiled them.
 */
final class KeptBuffers {
    private final List<ModelBuffer> buffers;
    private final List<NDArray> copies;
    private final NDManager scope;

    /** @param scope owns the copies */
    KeptBuffers(List<ModelBuffer> buffers, NDManager scope) {
        this.buffers = buffers;
        this.scope = scope;
        this.copies = buffers.stream()
                .map(buffer -> attached(buffer.array().duplicate()))
                .toList();
    }

    private NDArray attached(NDArray array) {
        array.attach(scope);
        return array;
    }

    /** Gives every buffer its bits back. */
    void restore() {
        for (int i = 0; i < copies.size(); i++) {
            String name = buffers.get(i).name();
            new EngineArray(name, buffers.get(i).array()).restore(new EngineArray(name, copies.get(i)).copy());
        }
    }

    /**
     * The first buffer that was finite and is not any more: a running variance that overflowed would never recover. A
     * module may hold infinities by design, so the state before decides.
     */
    Optional<String> spoiled() {
        List<Integer> floating = new ArrayList<>();
        for (int i = 0; i < buffers.size(); i++) {
            if (buffers.get(i).array().getDataType().isFloating()) {
                floating.add(i);
            }
        }
        if (floating.isEmpty()) {
            return Optional.empty();
        }
        boolean[] now =
                finite(floating.stream().map(i -> buffers.get(i).array()).toList());
        if (all(now)) {
            return Optional.empty();
        }
        boolean[] before = finite(floating.stream().map(copies::get).toList());
        for (int i = 0; i < now.length; i++) {
            if (before[i] && !now[i]) {
                return Optional.of(buffers.get(floating.get(i)).name());
            }
        }
        return Optional.empty();
    }

    /** By their sums, so that one number an array comes to the host, and all in one transfer. */
    private boolean[] finite(List<NDArray> arrays) {
        NDList sums = new NDList();
        for (NDArray array : arrays) {
            NDArray values = attached(array.toType(DataType.FLOAT64, true));
            sums.add(attached(values.sum()));
        }
        double[] values = attached(NDArrays.stack(sums)).toDoubleArray();
        boolean[] finite = new boolean[values.length];
        for (int i = 0; i < finite.length; i++) {
            finite[i] = Double.isFinite(values[i]);
        }
        return finite;
    }

    private static boolean all(boolean[] values) {
        for (boolean value : values) {
            if (!value) {
                return false;
            }
        }
        return true;
    }
}
