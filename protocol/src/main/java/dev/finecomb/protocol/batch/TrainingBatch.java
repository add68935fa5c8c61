package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.Quoted;
import dev.finecomb.protocol.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * The training samples that one record holds; its tensors are views of the record's bytes and keep them alive.
 *
 * @param inputs the model's inputs in the order of its arguments, each {@code [samples, ...]}
 * @param labels the labels, each {@code [samples, ...]}
 * @param samples number of samples, at least 1
 */
public record TrainingBatch(List<Tensor> inputs, List<Tensor> labels, int samples) {

    /** Throws {@link IllegalArgumentException} unless the first axis of every tensor is {@code samples}. */
    public TrainingBatch {
        inputs = List.copyOf(inputs);
        labels = List.copyOf(labels);
        int expected = samples;
        if (samples < 1) {
            throw new IllegalArgumentException("samples is " + samples + "; a batch holds at least 1");
        }
        Stream.concat(inputs.stream(), labels.stream()).forEach(tensor -> {
            if (tensor.shape().isEmpty() || tensor.shape().getFirst() != expected) {
                throw new IllegalArgumentException("tensor " + Quoted.name(tensor.name()) + " has shape "
                        + tensor.shape() + "; its first axis must be the " + expected + " samples");
            }
        });
    }
}
