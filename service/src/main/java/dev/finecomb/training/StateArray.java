package dev.finecomb.training;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** One named array of the trainer's state, wherever it lives. */
interface StateArray {

    /** Stable across releases, because checkpoints hold it: {@code parameter/fc.weight}, {@code saliency/fc.weight}. */
    String name();

    DType dtype();

    List<Long> shape();

    /**
     * The arrays of one parameter: its weight, then the optimizer's state.
     *
     * @param slotNames the optimizer's, in the order of {@code slots}
     * @param array makes the array of a name
     */
    static <A> List<StateArray> ofParameter(
            String parameter,
            A weight,
            List<String> slotNames,
            List<A> slots,
            BiFunction<String, A, StateArray> array) {
        List<StateArray> arrays = new ArrayList<>();
        arrays.add(array.apply(TrainerSnapshot.PARAMETER + parameter, weight));
        for (int i = 0; i < slotNames.size(); i++) {
            arrays.add(array.apply("optimizer/" + slotNames.get(i) + "/" + parameter, slots.get(i)));
        }
        return arrays;
    }

    /** Its own memory where that is the host's; empty on a device. */
    Optional<MemorySegment> memory();

    /**
     * Copies it to the host, waiting for the device.
     *
     * @param target of its {@link #bytes}
     */
    void read(MemorySegment target);

    /** What it takes. */
    long bytes();

    /** Overwrites the array with a tensor of the same type and shape. */
    void restore(Tensor tensor);

    /**
     * Checks that the tensors of a checkpoint are exactly these arrays; changes nothing.
     *
     * @throws StateMismatchException when a tensor is missing or superfluous, or has another type or shape
     */
    static void requireAll(List<StateArray> arrays, Map<String, Tensor> state) {
        arrays.forEach(array -> array.require(state));
        Set<String> superfluous = new TreeSet<>(state.keySet());
        arrays.forEach(array -> superfluous.remove(array.name()));
        if (!superfluous.isEmpty()) {
            throw new StateMismatchException(
                    "the checkpoint has tensors that this model and configuration do not know: " + superfluous
                            + "; it belongs to another job");
        }
    }

    /** Restores every array from tensors that {@link #requireAll} accepted. */
    static void restoreAll(List<StateArray> arrays, Map<String, Tensor> state) {
        arrays.forEach(array -> array.restore(array.require(state)));
    }

    private Tensor require(Map<String, Tensor> state) {
        Tensor tensor = state.get(name());
        if (tensor == null) {
            throw new StateMismatchException("the checkpoint has no tensor " + name()
                    + ", which this model and configuration need; it belongs to another job");
        }
        if (tensor.dtype() != dtype() || !tensor.shape().equals(shape())) {
            throw new StateMismatchException("the checkpoint's tensor " + name() + " is " + tensor.dtype() + " "
                    + tensor.shape() + ", this model and configuration need " + dtype() + " " + shape());
        }
        return tensor;
    }

    /** A restored state does not belong to this model or configuration. */
    final class StateMismatchException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        StateMismatchException(String message) {
            super(message);
        }
    }
}
