package dev.finecomb.protocol.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Quoted;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Numbers as they come from JSON, kept in one growing buffer: as I64 while all are written as integers and that is of interest,
 * else as F32.
 */
final class NumberArray {
    private static final int INITIAL_BYTES = 64;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private ByteBuffer data = little(ByteBuffer.allocate(INITIAL_BYTES));
    private DType dtype;

    private NumberArray(DType dtype) {
        this.dtype = dtype;
    }

    static NumberArray inputs() {
        return new NumberArray(DType.F32);
    }

    static NumberArray labels() {
        return new NumberArray(DType.I64);
    }

    /** Adds the number that is the parser's current token; what exceeds the range of F32 becomes infinite. */
    void add(JsonParser parser, String name) throws IOException, RefusedException {
        if (dtype == DType.I64 && parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            turnToFloats();
        }
        makeRoom(name);
        if (dtype == DType.F32) {
            data.putFloat(Float.parseFloat(parser.getText()));
        } else if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new RefusedException(
                    RejectReason.LABEL_RANGE,
                    "label " + Quoted.name(name) + " holds " + Quoted.name(parser.getText())
                            + ", which exceeds 64 bits");
        } else {
            data.putLong(parser.getLongValue());
        }
    }

    Tensor toTensor(String name, List<Long> shape) {
        return new Tensor(name, dtype, shape, data.flip());
    }

    /** In place: the float of an element never lies behind the integer it is made of. */
    private void turnToFloats() {
        int elements = data.position() / Long.BYTES;
        for (int i = 0; i < elements; i++) {
            data.putFloat(i * Float.BYTES, (float) data.getLong(i * Long.BYTES));
        }
        data.position(elements * Float.BYTES);
        dtype = DType.F32;
    }

    private void makeRoom(String name) throws RefusedException {
        if (data.remaining() >= dtype.bytes()) {
            return;
        }
        if (data.capacity() == MAX_BYTES) {
            throw new RefusedException(
                    RejectReason.TOO_LARGE, "tensor " + Quoted.name(name) + " exceeds 2 GiB; send smaller batches");
        }
        int capacity = (int) Math.min(2L * data.capacity(), MAX_BYTES);
        data = little(ByteBuffer.allocate(capacity).put(data.flip()));
    }

    private static ByteBuffer little(ByteBuffer buffer) {
        return buffer.order(ByteOrder.LITTLE_ENDIAN);
    }
}
