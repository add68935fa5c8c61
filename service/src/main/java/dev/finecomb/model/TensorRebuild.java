package dev.finecomb.model;

import dev.finecomb.model.ArchivedTensor.Placement;
import dev.finecomb.model.Pickled.Call;
import dev.finecomb.model.Pickled.Global;
import dev.finecomb.model.Pickled.Mapping;
import dev.finecomb.model.Pickled.Persistent;
import dev.finecomb.model.Pickled.Sequence;
import dev.finecomb.model.Pickled.Text;
import dev.finecomb.model.Pickled.Whole;
import dev.finecomb.protocol.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tensor as {@code torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...)} describes it, checked against
 * the storage that the archive holds.
 */
record TensorRebuild(DType dtype, List<Long> shape, Placement placement) {
    private static final int MAX_AXES = 64;

    private static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.F64,
            "FloatStorage", DType.F32,
            "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16,
            "LongStorage", DType.I64,
            "IntStorage", DType.I32,
            "ShortStorage", DType.I16,
            "CharStorage", DType.I8,
            "ByteStorage", DType.U8,
            "BoolStorage", DType.BOOL);

    static boolean isTensor(Call call) {
        return call.function().qualifiedName().equals("torch._utils._rebuild_tensor_v2");
    }

    /**
     * Reads a recorded call.
     *
     * @param where the file and the tensor's name, for messages
     * @param storages the archive's storages by key
     */
    static TensorRebuild of(String where, Call call, Map<String, MemorySegment> storages)
            throws UnreadableModelException {
        List<Pickled> arguments = call.arguments();
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof Persistent(Sequence(List<Pickled> id)))
                || !(arguments.get(1) instanceof Whole(long offset))
                || !(arguments.get(2) instanceof Sequence(List<Pickled> size))
                || !(arguments.get(3) instanceof Sequence(List<Pickled> stride))) {
            throw malformed(where, "tensor description is malformed");
        }
        if (arguments.size() > 6
                && !(arguments.get(6) instanceof Mapping flags
                        && flags.entries().isEmpty())) {
            throw malformed(where, "conjugate or negated views are not supported");
        }
        if (id.size() < 5 || !(id.get(1) instanceof Global type) || !(id.get(2) instanceof Text(String key))) {
            throw malformed(where, "storage description is malformed");
        }
        DType dtype = STORAGES.get(type.name());
        if (dtype == null) {
            throw malformed(where, "element type " + type.name() + " (quantized or complex) can't be trained");
        }
        MemorySegment storage = storages.get(key);
        if (storage == null) {
            throw malformed(where, "storage " + key + " is missing");
        }
        StridedLayout layout = new StridedLayout(numbers(where, size), numbers(where, stride), offset, dtype.bytes());
        check(where, layout, storage.byteSize() / dtype.bytes());
        return new TensorRebuild(dtype, layout.shape(), new Placement(key, offset, layout.strides(), storage));
    }

    private static void check(String where, StridedLayout layout, long available) throws UnreadableModelException {
        if (layout.shape().size() != layout.strides().size()
                || layout.shape().size() > MAX_AXES
                || layout.offset() < 0) {
            throw malformed(where, "shape and strides don't fit together");
        }
        long elements;
        long end;
        try {
            elements = layout.elements();
            end = layout.end();
        } catch (ArithmeticException e) {
            throw malformed(where, "shape " + layout.shape() + " overflows");
        }
        // More elements than the storage holds can only come from axes of stride 0, which can't be updated in place.
        if (end > available || elements > available) {
            throw malformed(where, "tensor of " + layout.shape() + " in a storage of " + available + " elements");
        }
    }

    private static List<Long> numbers(String where, List<Pickled> values) throws UnreadableModelException {
        List<Long> numbers = new ArrayList<>();
        for (Pickled value : values) {
            if (!(value instanceof Whole(long number)) || number < 0) {
                throw malformed(where, "an axis or stride that is no natural number");
            }
            numbers.add(number);
        }
        return numbers;
    }

    private static UnreadableModelException malformed(String where, String what) {
        return new UnreadableModelException(where, what, UnreadableModelException.SAVE_AGAIN);
    }
}
