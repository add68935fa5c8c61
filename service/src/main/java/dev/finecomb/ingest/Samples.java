package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Cuts batches along their sample axis and puts them together. */
final class Samples {
    private Samples() {}

    /** Samples {@code from} up to but not including {@code to}, as views of the batch's own memory. */
    static TrainingBatch slice(TrainingBatch batch, int from, int to) {
        if (from == 0 && to == batch.samples()) {
            return batch;
        }
        return new TrainingBatch(
                slice(batch.inputs(), batch.samples(), from, to),
                slice(batch.labels(), batch.samples(), from, to),
                to - from);
    }

    private static List<Tensor> slice(List<Tensor> tensors, int samples, int from, int to) {
        return tensors.stream()
                .map(tensor -> {
                    int row = tensor.data().capacity() / samples;
                    ByteBuffer rows = tensor.data().slice(from * row, (to - from) * row);
                    return with(tensor, to - from, rows);
                })
                .toList();
    }

    /**
     * The samples of all parts in their order, which are of one kind; put together in {@code memory}, unless there is one
     * part only.
     */
    static TrainingBatch join(List<TrainingBatch> parts, StepMemory memory) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        int samples = 0;
        for (TrainingBatch part : parts) {
            samples += part.samples();
        }
        TrainingBatch first = parts.getFirst();
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < first.inputs().size(); i++) {
            int number = i;
            inputs.add(join(parts, part -> part.inputs().get(number), samples, memory.tensor(i)));
        }
        List<Tensor> labels = new ArrayList<>();
        for (int i = 0; i < first.labels().size(); i++) {
            int number = i;
            labels.add(join(parts, part -> part.labels().get(number), samples, memory.tensor(inputs.size() + i)));
        }
        return new TrainingBatch(inputs, labels, samples);
    }

    private static Tensor join(
            List<TrainingBatch> parts, Function<TrainingBatch, Tensor> tensor, int samples, StepMemory.Room room) {
        int bytes = 0;
        for (TrainingBatch part : parts) {
            bytes += tensor.apply(part).data().capacity();
        }
        ByteBuffer rows = room.of(bytes);
        for (TrainingBatch part : parts) {
            rows.put(tensor.apply(part).data());
        }
        return with(tensor.apply(parts.getFirst()), samples, rows.flip());
    }

    private static Tensor with(Tensor like, int samples, ByteBuffer rows) {
        List<Long> shape = new ArrayList<>(like.shape());
        shape.set(0, (long) samples);
        return new Tensor(like.name(), like.dtype(), shape, rows);
    }
}
