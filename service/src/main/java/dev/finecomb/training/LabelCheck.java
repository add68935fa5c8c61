package dev.finecomb.training;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Looks at labels on the host before the engine does: a class index out of range is an exception on a processor, but on a
 * GPU it kills the whole context.
 */
final class LabelCheck {
    private LabelCheck() {}

    /** Whether values of this type can lie between whole numbers. */
    static boolean isFraction(DType type) {
        return switch (type) {
            case F64, F32, F16, BF16 -> true;
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> false;
        };
    }

    /** The first label that is no index into so many classes, in words. */
    static Optional<String> outsideClasses(Tensor labels, long classes) {
        ByteBuffer data = labels.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int width = labels.dtype().bytes();
        for (int i = 0; i < labels.elements(); i++) {
            long label = switch (labels.dtype()) {
                case I64 -> data.getLong(i * width);
                case I32 -> data.getInt(i * width);
                case I16 -> data.getShort(i * width);
                case I8 -> data.get(i);
                case U8, BOOL -> data.get(i) & 0xFF;
                case U64, U32, U16, F64, F32, F16, BF16 -> 0;
            };
            if (label < 0 || label >= classes) {
                return Optional.of("label " + i + " of " + labels.name() + " is " + label
                        + ", the model has classes 0 to " + (classes - 1));
            }
        }
        return Optional.empty();
    }
}
