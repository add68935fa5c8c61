package dev.finecomb.model;

import dev.finecomb.protocol.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes the pickles of TorchScript archives: protocol 2, the opcodes that {@link PickleReader} knows, without a memo. */
final class PickleWriter {
    private static final int PROTOCOL = 0x80;
    private static final int TRUE = 0x88;
    private static final int FALSE = 0x89;
    private static final int NEW_OBJECT = 0x81;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        out.write(PROTOCOL);
        out.write(2);
    }

    /** Begins an object of a class of the archive's own; its attributes follow, a text and a value each. */
    void beginObject(String type) {
        int dot = type.lastIndexOf('.');
        global(type.substring(0, dot), type.substring(dot + 1));
        opcodes(')', NEW_OBJECT, '}', '(');
    }

    void endObject() {
        opcodes('u', 'b');
    }

    void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(littleEndian(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    void whole(long value) {
        if (value == (int) value) {
            out.write('J');
            out.writeBytes(littleEndian(Integer.BYTES).putInt((int) value).array());
        } else {
            opcodes(0x8a, Long.BYTES);
            out.writeBytes(littleEndian(Long.BYTES).putLong(value).array());
        }
    }

    void flag(boolean value) {
        out.write(value ? TRUE : FALSE);
    }

    /** A dense tensor that fills a storage of its own. */
    void tensor(String storage, DType dtype, List<Long> shape, boolean wantsGradient) {
        global("torch._utils", "_rebuild_tensor_v2");
        opcodes('(', '(');
        text("storage");
        global("torch", storageType(dtype));
        text(storage);
        text("cpu");
        whole(elements(shape));
        opcodes('t', 'Q');
        whole(0);
        wholes(shape);
        wholes(strides(shape));
        flag(wantsGradient);
        global("collections", "OrderedDict");
        opcodes(')', 'R', 't', 'R');
    }

    /** The finished pickle of the one value that was written. */
    byte[] finish() {
        out.write('.');
        return out.toByteArray();
    }

    /** The pickle of the empty tuple. */
    static byte[] emptyTuple() {
        PickleWriter pickle = new PickleWriter();
        pickle.opcodes(')');
        return pickle.finish();
    }

    static long elements(List<Long> shape) {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    private void global(String module, String name) {
        out.write('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void wholes(List<Long> values) {
        opcodes('(');
        values.forEach(this::whole);
        opcodes('t');
    }

    private void opcodes(int... codes) {
        for (int code : codes) {
            out.write(code);
        }
    }

    private static List<Long> strides(List<Long> shape) {
        Long[] strides = new Long[shape.size()];
        long stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape.get(axis);
        }
        return List.of(strides);
    }

    private static String storageType(DType dtype) {
        return switch (dtype) {
            case F32 -> "FloatStorage";
            case I64 -> "LongStorage";
            case F64, F16, BF16, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException("tensors of type " + dtype + " are not made here");
        };
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
