package dev.finecomb.protocol.batch;

import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.Safetensors;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes batches of records' values: strict, bounded and total. Whatever is wrong is a {@link Decoded.Refused}, never an
 * exception.
 *
 * <p>Memory: a safetensors batch is slices of the value, plus a fixed multiple of its header. A JSON batch takes at most
 * {@value #JSON_MEMORY_FACTOR} bytes for each byte of the value while it is read. Immutable; any thread may use it.
 */
public final class BatchDecoder {
    /**
     * Bytes held at most for each byte of a JSON value while it is read: a number takes at least 2 bytes of JSON and up to 8 as
     * a label, and when the array of them doubles, its old half is alive beside it.
     */
    public static final int JSON_MEMORY_FACTOR = 12;

    private final BatchSchema schema;
    private final JsonBatchReader json;
    private final BatchCheck check;

    public BatchDecoder(BatchSchema schema) {
        this.schema = schema;
        this.json = new JsonBatchReader(schema);
        this.check = new BatchCheck(schema);
    }

    public BatchSchema schema() {
        return schema;
    }

    /**
     * Decodes one value, which must not be written to afterwards: the batch is made of it.
     *
     * @param contentType the record's content type; empty when it has none, and then the first eight bytes tell
     * @param value the record's value; empty for a record without one
     */
    public Decoded decode(String contentType, byte[] value) {
        try {
            if (value.length == 0) {
                throw new RefusedException(RejectReason.EMPTY, "the record has no value; send a batch in it");
            }
            if (value.length > schema.limits().maxBytes()) {
                throw new RefusedException(
                        RejectReason.TOO_LARGE,
                        "value of " + value.length + " bytes exceeds the limit of "
                                + schema.limits().maxBytes() + "; send smaller batches");
            }
            Contents contents = switch (BatchFormat.of(contentType, value)) {
                case SAFETENSORS -> readSafetensors(value);
                case JSON -> json.read(value);
            };
            return new Decoded.Accepted(check.batchOf(contents));
        } catch (RefusedException e) {
            return e.refusal();
        }
    }

    private Contents readSafetensors(byte[] value) throws RefusedException {
        try {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            Safetensors.read(ByteBuffer.wrap(value), schema.limits())
                    .tensors()
                    .forEach(tensor -> tensors.put(tensor.name(), tensor));
            return new Contents(tensors.keySet(), tensors);
        } catch (MalformedTensorsException e) {
            throw new RefusedException(RejectReason.of(e.reason()), e.detail());
        }
    }
}
