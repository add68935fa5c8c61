package dev.finecomb.protocol.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A safetensors file, mapped and verified; larger than 2 GiB is fine.
 *
 * <p>The entries' memory is the mapping: it is valid until {@link #close}, from any thread, and the file must not be truncated
 * meanwhile.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Arena arena;
    private final List<Entry> entries;
    private final Map<String, String> metadata;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SafetensorsFile(Arena arena, List<Entry> entries, Map<String, String> metadata) {
        this.arena = arena;
        this.entries = entries;
        this.metadata = metadata;
    }

    /**
     * One tensor: row-major, little-endian elements.
     *
     * @param shape size of each axis; empty for a scalar
     * @param data exactly the elements' bytes, without any alignment
     */
    public record Entry(String name, DType dtype, List<Long> shape, MemorySegment data) {
        /** Throws {@link IllegalArgumentException} unless {@code data} has the bytes that shape and type ask for. */
        public Entry {
            shape = List.copyOf(shape);
            Shapes.requireSize(name, dtype, shape, data.byteSize());
        }

        /** The same tensor as an entry, over the same memory. */
        public static Entry of(Tensor tensor) {
            return new Entry(tensor.name(), tensor.dtype(), tensor.shape(), MemorySegment.ofBuffer(tensor.data()));
        }
    }

    /**
     * Maps and verifies {@code file} under {@link Limits#FILE}.
     *
     * @throws MalformedTensorsException whatever is wrong with its bytes
     */
    public static SafetensorsFile open(Path file) throws IOException, MalformedTensorsException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment value = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Header header = Header.read(value, Limits.FILE);
            MemorySegment data = value.asSlice(header.dataStart());
            List<Entry> entries = header.entries().stream()
                    .map(entry -> new Entry(
                            entry.name(),
                            entry.dtype(),
                            entry.shape(),
                            data.asSlice(entry.begin(), entry.end() - entry.begin())))
                    .toList();
            return new SafetensorsFile(arena, entries, header.metadata());
        } catch (IOException | MalformedTensorsException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The tensors in the header's order. */
    public List<Entry> entries() {
        return entries;
    }

    /** The tensor of that name. */
    public Optional<Entry> find(String name) {
        return entries.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }

    /** The header's free text, in its order; empty when it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Unmaps the file; the entries' memory is gone. Does nothing when called again. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            arena.close();
        }
    }
}
