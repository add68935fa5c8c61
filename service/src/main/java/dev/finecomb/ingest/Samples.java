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

    /** The samples of all parts in their order; a copy, unless there is one part only. The parts are of one kind. */
    static TrainingBatch join(List<TrainingBatch> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        int samples = parts.stream().mapToInt(TrainingBatch::samples).sum();
        return new TrainingBatch(
                join(parts, TrainingBatch::inputs, samples), join(parts, TrainingBatch::labels, samples), samples);
    }

    private static List<Tensor> join(
            List<TrainingBatch> parts, Function<TrainingBatch, List<Tensor>> side, int samples) {
        List<Tensor> joined = new ArrayList<>();
        for (int i = 0; i < side.apply(parts.getFirst()).size(); i++) {
            int tensor = i;
            List<Tensor> pieces =
                    parts.stream().map(part -> side.apply(part).get(tensor)).toList();
            ByteBuffer rows = ByteBuffer.allocate(
                    pieces.stream().mapToInt(piece -> piece.data().capacity()).sum());
            pieces.forEach(piece -> rows.put(piece.data()));
            joined.add(with(pieces.getFirst(), samples, rows.flip()));
        }
        return joined;
    }

    private static Tensor with(Tensor like, int samples, ByteBuffer rows) {
        List<Long> shape = new ArrayList<>(like.shape());
        shape.set(0, (long) samples);
        return new Tensor(like.name(), like.dtype(), shape, rows);
    }
}
