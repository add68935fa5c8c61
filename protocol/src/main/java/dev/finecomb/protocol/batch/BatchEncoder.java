package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes records' values of batches, for producers. */
public final class BatchEncoder {
    /** What a record made here says in its {@code content-type} header. */
    public static final String CONTENT_TYPE = BatchFormat.SAFETENSORS.mediaType();

    private BatchEncoder() {}

    /** The batch as a safetensors value: inputs, then labels. */
    public static byte[] encode(TrainingBatch batch) {
        List<Tensor> tensors = new ArrayList<>(batch.inputs());
        tensors.addAll(batch.labels());
        return SafetensorsWriter.toBytes(tensors, Map.of());
    }

    /**
     * The value of a batch with one input and one label, {@code [samples, ...]} each.
     *
     * @throws IllegalArgumentException if the first axes differ or there is no sample
     */
    public static byte[] encode(Tensor input, Tensor label) {
        int samples =
                input.shape().isEmpty() ? 0 : Math.toIntExact(input.shape().getFirst());
        return encode(new TrainingBatch(List.of(input), List.of(label), samples));
    }
}
