package dev.finecomb.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.finecomb.model.TrainableModel.ModelBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The module's buffers as they were before a step's forward, which changes them at once: for putting back when the batch
 * is refused, and for telling whether the batch spoiled them.
 */
final class KeptBuffers {
    /** Behind the loss and the accuracy. */
    private static final int LARGEST = 2;

    private final List<ModelBuffer> buffers;
    private final List<NDArray> live;
    private final List<NDArray> copies;
    private final int[] floating;
    private final Operations operations;
    private final NDManager manager;

    /** @param manager owns the copies */
    KeptBuffers(List<ModelBuffer> buffers, Operations operations, NDManager manager) {
        this.buffers = buffers;
        this.operations = operations;
        this.manager = manager;
        this.live = buffers.stream().map(ModelBuffer::array).toList();
        List<NDArray> made = new ArrayList<>();
        live.forEach(array -> made.add(manager.zeros(array.getShape(), array.getDataType())));
        this.copies = List.copyOf(made);
        this.floating = IntStream.range(0, live.size())
                .filter(i ->
                        live.get(i).getDataType().isFloating() && live.get(i).size() > 0)
                .toArray();
    }

    /** Takes the copies anew. */
    void keep() {
        if (!live.isEmpty()) {
            operations.copy(copies, live);
        }
    }

    /** Gives every buffer its bits back. */
    void restore() {
        if (!live.isEmpty()) {
            operations.copy(live, copies);
        }
    }

    /** The step's numbers, loss and accuracy, then one that is finite exactly when every buffer is; nothing is waited for. */
    NDArray append(NDArray numbers) {
        return floating.length == 0 ? numbers : operations.appendLargest(numbers, floating(live));
    }

    /**
     * The first buffer that was finite and is not any more: a running variance that overflowed would never recover. A
     * module may hold infinities by design, so the state before decides.
     *
     * @param numbers what {@link #append} made, on the host
     */
    Optional<String> spoiled(List<Double> numbers) {
        if (floating.length == 0 || Double.isFinite(numbers.get(LARGEST))) {
            return Optional.empty();
        }
        double[] before = largest(copies);
        double[] now = largest(live);
        for (int i = 0; i < floating.length; i++) {
            if (Double.isFinite(before[i]) && !Double.isFinite(now[i])) {
                return Optional.of(buffers.get(floating[i]).name());
            }
        }
        return Optional.empty();
    }

    private double[] largest(List<NDArray> arrays) {
        try (NDArray largest = operations.largest(floating(arrays), manager)) {
            return largest.toDoubleArray();
        }
    }

    private List<NDArray> floating(List<NDArray> arrays) {
        return IntStream.of(floating).mapToObj(arrays::get).toList();
    }
}
