package dev.finecomb.ledger;

import dev.finecomb.protocol.tensor.Limits;
import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.Safetensors;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;

/** How many samples a record holds, as far as its bytes tell without knowing the model. */
final class SampleCount {
    private SampleCount() {}

    /** The first axis of all tensors of a safetensors value; empty where it is anything else. */
    static OptionalInt of(byte[] value) {
        try {
            List<Tensor> tensors = Safetensors.read(
                            ByteBuffer.wrap(value), Limits.RECORD.withMaxBytes(Math.max(1, value.length)))
                    .tensors();
            List<Long> counts = tensors.stream()
                    .map(tensor ->
                            tensor.shape().isEmpty() ? 0L : tensor.shape().getFirst())
                    .distinct()
                    .toList();
            return counts.size() == 1 && counts.getFirst() > 0 && counts.getFirst() <= Integer.MAX_VALUE
                    ? OptionalInt.of(counts.getFirst().intValue())
                    : OptionalInt.empty();
        } catch (MalformedTensorsException notTensors) {
            return OptionalInt.empty();
        }
    }
}
