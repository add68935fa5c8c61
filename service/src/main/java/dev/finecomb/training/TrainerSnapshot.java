package dev.finecomb.training;

import dev.finecomb.protocol.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The trainer's whole state between two steps, in copies that later steps do not change.
 *
 * @param step steps done
 * @param samples samples trained on
 * @param tensors weights, buffers, optimizer state, saliencies and survivors under stable names
 * @param release gives the copies' memory back; does nothing when called again
 */
public record TrainerSnapshot(long step, long samples, List<Tensor> tensors, Runnable release)
        implements AutoCloseable {
    static final String PARAMETER = "parameter/";
    static final String BUFFER = "buffer/";
    static final String POLICY = "policy/";

    public TrainerSnapshot {
        tensors = List.copyOf(tensors);
    }

    /** A snapshot in memory of its own. */
    public TrainerSnapshot(long step, long samples, List<Tensor> tensors) {
        this(step, samples, tensors, () -> {});
    }

    /** The tensors by name. */
    public Map<String, Tensor> byName() {
        return tensors.stream().collect(Collectors.toMap(Tensor::name, Function.identity()));
    }

    /** Parameters and buffers under their names in the model's state dict. */
    public List<Tensor> stateDict() {
        return tensors.stream()
                .filter(t -> t.name().startsWith(PARAMETER) || t.name().startsWith(BUFFER))
                .map(t -> new Tensor(t.name().substring(t.name().indexOf('/') + 1), t.dtype(), t.shape(), t.data()))
                .toList();
    }

    /**
     * Gives the memory back, from any thread: the tensors must not be read any more. Who forgets it costs memory, as long as
     * the process lives.
     */
    @Override
    public void close() {
        release.run();
    }
}
