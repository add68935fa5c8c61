package dev.finecomb.feed;

import dev.finecomb.protocol.tensor.MalformedTensorsException;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Named arrays whose first axis is the samples, all of the same number of them; any run of samples can be cut out. Closing
 * gives mapped files back.
 */
public final class Samples implements AutoCloseable {
    private final Path file;
    private final List<Entry> tensors;
    private final long count;
    private final Runnable close;

    private Samples(Path file, List<Entry> tensors, Runnable close) throws UnreadableFileException {
        this.file = file;
        this.tensors = List.copyOf(tensors);
        this.count = count(file, tensors);
        this.close = close;
    }

    /** Over arrays in memory of the collector's. */
    static Samples of(Path file, List<Entry> tensors) throws UnreadableFileException {
        return new Samples(file, tensors, () -> {});
    }

    /** The tensors of a safetensors file, mapped; names that are not asked for stay out. */
    public static Samples ofSafetensors(Path file, List<String> names) throws IOException, UnreadableFileException {
        SafetensorsFile opened;
        try {
            opened = SafetensorsFile.open(file);
        } catch (MalformedTensorsException e) {
            throw new UnreadableFileException(file, "it is no safetensors file (" + e.reason() + "): " + e.detail(), e);
        }
        try {
            List<Entry> wanted = opened.entries().stream()
                    .filter(entry -> names.contains(entry.name()))
                    .toList();
            if (wanted.isEmpty()) {
                throw new UnreadableFileException(
                        file,
                        "it holds none of " + names + " but "
                                + opened.entries().stream().map(Entry::name).toList() + "; name its tensors");
            }
            return new Samples(file, wanted, opened::close);
        } catch (UnreadableFileException e) {
            opened.close();
            throw e;
        }
    }

    private static long count(Path file, List<Entry> tensors) throws UnreadableFileException {
        Entry first = tensors.getFirst();
        for (Entry tensor : tensors) {
            if (tensor.shape().isEmpty()) {
                throw new UnreadableFileException(
                        file, "tensor \"" + tensor.name() + "\" is a scalar; its first axis must be the samples");
            }
            if (!tensor.shape().getFirst().equals(first.shape().getFirst())) {
                throw new UnreadableFileException(
                        file,
                        "\"" + tensor.name() + "\" holds " + tensor.shape().getFirst() + " samples, but \""
                                + first.name() + "\" holds " + first.shape().getFirst()
                                + "; the first axes must agree");
            }
        }
        return first.shape().getFirst();
    }

    /** Where they come from. */
    public Path file() {
        return file;
    }

    /** How many there are; may be 0. */
    public long count() {
        return count;
    }

    /** Shapes and types, for people: {@code x F32 [1797, 64], y I64 [1797]}. */
    public String describe() {
        return String.join(
                ", ",
                tensors.stream()
                        .map(tensor -> tensor.name() + " " + tensor.dtype() + " " + tensor.shape())
                        .toList());
    }

    /**
     * Copies of samples {@code from} to {@code from + samples - 1}, one tensor {@code [samples, ...]} of each array.
     *
     * @throws UnreadableFileException if one tensor of them exceeds 2 GiB
     */
    public List<Tensor> cut(long from, long samples) throws UnreadableFileException {
        List<Tensor> cut = new ArrayList<>(tensors.size());
        for (Entry tensor : tensors) {
            long sampleBytes = tensor.data().byteSize() / count;
            if (samples > Integer.MAX_VALUE / Math.max(1, sampleBytes)) {
                throw new UnreadableFileException(
                        file,
                        samples + " samples of \"" + tensor.name() + "\" exceed 2 GiB; take a smaller --batch-size");
            }
            MemorySegment run = tensor.data().asSlice(from * sampleBytes, samples * sampleBytes);
            List<Long> shape = new ArrayList<>(tensor.shape());
            shape.set(0, samples);
            cut.add(new Tensor(
                    tensor.name(), tensor.dtype(), shape, ByteBuffer.wrap(run.toArray(ValueLayout.JAVA_BYTE))));
        }
        return cut;
    }

    @Override
    public void close() {
        close.run();
    }
}
