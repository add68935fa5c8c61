package dev.finecomb.protocol.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors value in memory, read whole and verified; its tensors are slices of the value, not copies.
 *
 * <p>Memory: besides the slices at most a fixed multiple of the header, whose length is bounded before it is touched. See the
 * <a href="https://huggingface.co/docs/safetensors">format</a>.
 */
public final class Safetensors {
    private final List<Tensor> tensors;
    private final Map<String, String> metadata;

    private Safetensors(List<Tensor> tensors, Map<String, String> metadata) {
        this.tensors = tensors;
        this.metadata = metadata;
    }

    /**
     * Reads what lies between the position and the limit of {@code value}, which it leaves where they are.
     *
     * @throws MalformedTensorsException whatever is wrong with the bytes
     */
    public static Safetensors read(ByteBuffer value, Limits limits) throws MalformedTensorsException {
        Header header = Header.read(MemorySegment.ofBuffer(value), limits);
        // Offsets fit an int: tiling was verified, so each lies within this buffer.
        int data = value.position() + (int) header.dataStart();
        List<Tensor> tensors = new ArrayList<>(header.entries().size());
        for (HeaderEntry entry : header.entries()) {
            ByteBuffer slice = value.slice(data + (int) entry.begin(), (int) (entry.end() - entry.begin()));
            tensors.add(new Tensor(entry.name(), entry.dtype(), entry.shape(), slice));
        }
        return new Safetensors(Collections.unmodifiableList(tensors), header.metadata());
    }

    /** The tensors in the header's order. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /** The tensor of that name. */
    public Optional<Tensor> find(String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    /** The header's free text, in its order; empty when it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }
}
