package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Quoted;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** Decides whether well-formed tensors are a batch that fits a schema; both forms of a batch pass through here. */
final class BatchCheck {
    private static final Set<DType> TYPES =
            EnumSet.of(DType.F32, DType.F64, DType.F16, DType.BF16, DType.U8, DType.I32, DType.I64);
    private static final Set<DType> CLASS_TYPES = EnumSet.of(DType.U8, DType.I32, DType.I64);
    private static final int NAMES_SHOWN = 8;

    private final BatchSchema schema;

    BatchCheck(BatchSchema schema) {
        this.schema = schema;
    }

    TrainingBatch batchOf(Contents contents) throws RefusedException {
        List<Tensor> inputs = pick(schema.inputs(), contents);
        List<Tensor> labels = pick(schema.labels(), contents);
        Tensor first = inputs.getFirst();
        requireSampleCount(first, inputs);
        requireSampleCount(first, labels);
        if (schema.classes().isPresent()) {
            for (Tensor label : labels) {
                requireClasses(label, schema.classes().getAsLong());
            }
        }
        if (schema.checkFinite()) {
            requireFinite(inputs);
            requireFinite(labels);
        }
        // No axis is 0, so there are no more samples than the value has bytes.
        return new TrainingBatch(inputs, labels, Math.toIntExact(first.shape().getFirst()));
    }

    private List<Tensor> pick(List<String> names, Contents contents) throws RefusedException {
        List<Tensor> picked = new ArrayList<>(names.size());
        for (String name : names) {
            Tensor tensor = contents.tensors().get(name);
            if (tensor == null) {
                List<String> found = contents.names().stream()
                        .limit(NAMES_SHOWN)
                        .map(Quoted::name)
                        .toList();
                throw new RefusedException(
                        RejectReason.MISSING_TENSOR,
                        "tensor " + Quoted.name(name) + " is missing; the record holds " + found);
            }
            requireUsable(tensor);
            picked.add(tensor);
        }
        return picked;
    }

    private void requireUsable(Tensor tensor) throws RefusedException {
        String what = "tensor " + Quoted.name(tensor.name());
        if (!TYPES.contains(tensor.dtype())) {
            throw new RefusedException(
                    RejectReason.DTYPE, what + " is " + tensor.dtype() + "; convert it to one of " + TYPES);
        }
        List<Long> shape = tensor.shape();
        if (shape.isEmpty()) {
            throw new RefusedException(RejectReason.SHAPE, what + " is a scalar; its first axis must be the samples");
        }
        if (shape.getFirst() == 0) {
            throw new RefusedException(RejectReason.EMPTY, what + " holds no samples; send at least one");
        }
        if (shape.contains(0L)) {
            throw new RefusedException(RejectReason.SHAPE, what + " has an empty axis: " + shape);
        }
        List<Long> sample = shape.subList(1, shape.size());
        List<Long> expected = schema.sampleShapes().getOrDefault(tensor.name(), sample);
        if (!matches(expected, sample)) {
            throw new RefusedException(
                    RejectReason.SHAPE, what + " has samples of shape " + sample + "; the model expects " + expected);
        }
    }

    private static boolean matches(List<Long> expected, List<Long> sample) {
        if (expected.size() != sample.size()) {
            return false;
        }
        for (int axis = 0; axis < expected.size(); axis++) {
            long size = expected.get(axis);
            if (size != BatchSchema.ANY && size != sample.get(axis)) {
                return false;
            }
        }
        return true;
    }

    private static void requireSampleCount(Tensor first, List<Tensor> others) throws RefusedException {
        for (Tensor other : others) {
            if (!other.shape().getFirst().equals(first.shape().getFirst())) {
                throw new RefusedException(
                        RejectReason.SAMPLE_COUNT,
                        "tensor " + Quoted.name(other.name()) + " holds "
                                + other.shape().getFirst() + " samples, but " + Quoted.name(first.name()) + " holds "
                                + first.shape().getFirst() + "; the first axes must agree");
            }
        }
    }

    /** Integer labels are class numbers; others, soft labels or regression targets, have no range. */
    private static void requireClasses(Tensor label, long classes) throws RefusedException {
        if (!CLASS_TYPES.contains(label.dtype())) {
            return;
        }
        ByteBuffer data = label.data();
        for (long element = 0; data.hasRemaining(); element++) {
            long value = nextInteger(label.dtype(), data);
            if (value < 0 || value >= classes) {
                throw new RefusedException(
                        RejectReason.LABEL_RANGE,
                        "label " + Quoted.name(label.name()) + " holds " + value + " at element " + element
                                + " (row-major); classes are 0 to " + (classes - 1));
            }
        }
    }

    private static long nextInteger(DType dtype, ByteBuffer data) {
        if (dtype == DType.I64) {
            return data.getLong();
        }
        return dtype == DType.I32 ? data.getInt() : Byte.toUnsignedInt(data.get());
    }

    private static void requireFinite(List<Tensor> tensors) throws RefusedException {
        for (Tensor tensor : tensors) {
            OptionalLong at = FiniteCheck.firstNonFinite(tensor);
            if (at.isPresent()) {
                throw new RefusedException(
                        RejectReason.NON_FINITE_INPUT,
                        "tensor " + Quoted.name(tensor.name()) + " is infinite or not a number at element "
                                + at.getAsLong() + " (row-major); clean the data, or switch the finite check off");
            }
        }
    }
}
