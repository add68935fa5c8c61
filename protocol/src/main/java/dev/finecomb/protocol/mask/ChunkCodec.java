package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.Safetensors;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** A chunk's value: safetensors with the one tensor {@code mask}, U8, rank 1. */
final class ChunkCodec {
    /** Longest value of a chunk: well below the 1 MiB that brokers take by default, headers and key included. */
    static final int MAX_VALUE_BYTES = 900 * 1024;

    /** More than the length prefix and the header of one tensor with a short name take. */
    static final int HEADER_BYTES = 128;

    private static final String TENSOR = "mask";

    private ChunkCodec() {}

    /** How many groups fit one chunk: a multiple of 8, so that every chunk begins at a whole byte. */
    static long groupsPerChunk(int m, int maxValueBytes) {
        long groups = (long) (maxValueBytes - HEADER_BYTES) / m * Byte.SIZE;
        if (groups <= 0) {
            throw new InvalidValueException(
                    "maxValueBytes", "at least " + (HEADER_BYTES + m), Integer.toString(maxValueBytes));
        }
        return groups;
    }

    static byte[] encode(ByteBuffer bits) {
        long length = bits.remaining();
        Tensor mask = new Tensor(TENSOR, DType.U8, List.of(length), bits);
        return SafetensorsWriter.toBytes(List.of(mask), Map.of());
    }

    /** The bits of a chunk that holds {@code weights} of them. */
    static ByteBuffer decode(String key, byte[] value, long weights) throws MalformedMessageException {
        Tensor mask = read(key, value);
        long expected = LayerBits.bytesFor(weights);
        if (mask.dtype() != DType.U8 || !mask.shape().equals(List.of(expected))) {
            throw new MalformedMessageException(
                    key, "tensor mask of " + expected + " U8", mask.dtype() + " " + mask.shape());
        }
        return mask.data();
    }

    private static Tensor read(String key, byte[] value) throws MalformedMessageException {
        try {
            return Safetensors.read(ByteBuffer.wrap(value), Limits.RECORD)
                    .find(TENSOR)
                    .orElseThrow(() -> new MalformedMessageException(key, "tensor mask", "no tensor of that name"));
        } catch (MalformedTensorsException malformed) {
            throw new MalformedMessageException(key, "safetensors", malformed.detail());
        }
    }
}
