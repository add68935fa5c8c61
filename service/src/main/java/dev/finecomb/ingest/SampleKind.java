package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one sample is like in one tensor of a batch. Samples are put together only if they are alike in all of them.
 *
 * @param name of the input or label
 * @param dtype type of the elements
 * @param shape of one sample, without the sample axis
 */
public record SampleKind(String name, DType dtype, List<Long> shape) {
    public SampleKind {
        shape = List.copyOf(shape);
    }

    /** How a batch differs from what it has to be like. */
    record Difference(RejectReason reason, String detail) {}

    /** The kinds of a batch's tensors, inputs before labels. */
    static List<SampleKind> of(TrainingBatch batch) {
        List<SampleKind> kinds =
                new ArrayList<>(batch.inputs().size() + batch.labels().size());
        batch.inputs().forEach(input -> kinds.add(of(input)));
        batch.labels().forEach(label -> kinds.add(of(label)));
        return kinds;
    }

    private static SampleKind of(Tensor tensor) {
        return new SampleKind(
                tensor.name(),
                tensor.dtype(),
                tensor.shape().subList(1, tensor.shape().size()));
    }

    /** The first difference of samples from what is expected, both of one schema. */
    static Optional<Difference> between(List<SampleKind> expected, List<SampleKind> found) {
        for (int i = 0; i < expected.size(); i++) {
            SampleKind wanted = expected.get(i);
            SampleKind is = found.get(i);
            if (wanted.dtype() != is.dtype()) {
                return Optional.of(new Difference(
                        RejectReason.DTYPE, is.name() + " is " + is.dtype() + " and not " + wanted.dtype()));
            }
            if (!wanted.shape().equals(is.shape())) {
                return Optional.of(new Difference(
                        RejectReason.SHAPE,
                        is.name() + " has samples of shape " + is.shape() + " and not " + wanted.shape()));
            }
        }
        return Optional.empty();
    }

    /** Bytes of one sample. */
    long bytes() {
        return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
    }
}
