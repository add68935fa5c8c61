package dev.finecomb.protocol.tensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors values, deterministically: tensors in the order given, metadata in the order of its keys, the header
 * compact and padded with spaces so that the data begins at a multiple of 8.
 *
 * <p>The data of a tensor is aligned to its element size if the tensors before it are: give wider types first. For tensors in the
 * order that the reference implementation chooses itself, the bytes equal those of the reference.
 */
public final class SafetensorsWriter {
    private static final int ALIGNMENT = 8;
    private static final int CHUNK_BYTES = 256 << 10;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private SafetensorsWriter() {}

    /**
     * The value as an array.
     *
     * @throws IllegalArgumentException if names repeat or are not writable, or if the value does not fit an array
     */
    public static byte[] toBytes(List<Tensor> tensors, Map<String, String> metadata) {
        List<SafetensorsFile.Entry> entries =
                tensors.stream().map(SafetensorsFile.Entry::of).toList();
        byte[] header = header(entries, metadata);
        long size = header.length;
        for (SafetensorsFile.Entry entry : entries) {
            size += entry.data().byteSize();
        }
        if (size > Integer.MAX_VALUE - ALIGNMENT) {
            throw new IllegalArgumentException(
                    "tensors of " + size + " bytes do not fit one array; write them to a channel");
        }
        ByteBuffer out = ByteBuffer.allocate((int) size).put(header);
        tensors.forEach(tensor -> out.put(tensor.data()));
        return out.array();
    }

    /**
     * Streams the value to {@code out}, with one small buffer; any size.
     *
     * @throws IllegalArgumentException if names repeat or are not writable; nothing has been written then
     */
    public static void write(WritableByteChannel out, List<Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        writeEntries(out, tensors.stream().map(SafetensorsFile.Entry::of).toList(), metadata);
    }

    /** As {@link #write}, for tensors in any memory, each of any size. */
    public static void writeEntries(
            WritableByteChannel out, List<SafetensorsFile.Entry> entries, Map<String, String> metadata)
            throws IOException {
        writeFully(out, ByteBuffer.wrap(header(entries, metadata)));
        // Copied in chunks: a channel given a large heap buffer would allocate as much again outside the heap.
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (SafetensorsFile.Entry entry : entries) {
            MemorySegment data = entry.data();
            for (long offset = 0; offset < data.byteSize(); offset += chunk.capacity()) {
                int length = (int) Math.min(chunk.capacity(), data.byteSize() - offset);
                MemorySegment.copy(data, offset, MemorySegment.ofBuffer(chunk.clear()), 0, length);
                writeFully(out, chunk.limit(length));
            }
        }
    }

    private static void writeFully(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static byte[] header(List<SafetensorsFile.Entry> entries, Map<String, String> metadata) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(json)) {
            generator.writeStartObject();
            writeMetadata(generator, metadata);
            Set<String> names = new HashSet<>();
            long offset = 0;
            for (SafetensorsFile.Entry entry : entries) {
                requireWritable(entry.name());
                if (entry.name().equals(HeaderParser.METADATA) || !names.add(entry.name())) {
                    throw new IllegalArgumentException(
                            "tensor name " + Quoted.name(entry.name()) + " is reserved or given twice; rename it");
                }
                writeEntry(generator, entry, offset);
                offset = Math.addExact(offset, entry.data().byteSize());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a stream into memory does not fail
        }
        return padded(json.toByteArray());
    }

    private static void writeMetadata(JsonGenerator generator, Map<String, String> metadata) throws IOException {
        if (metadata.isEmpty()) {
            return;
        }
        generator.writeObjectFieldStart(HeaderParser.METADATA);
        for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
            requireWritable(entry.getKey());
            requireWritable(entry.getValue());
            generator.writeStringField(entry.getKey(), entry.getValue());
        }
        generator.writeEndObject();
    }

    private static void writeEntry(JsonGenerator generator, SafetensorsFile.Entry entry, long offset)
            throws IOException {
        long bytes = entry.data().byteSize();
        generator.writeObjectFieldStart(entry.name());
        generator.writeStringField("dtype", entry.dtype().name());
        generator.writeFieldName("shape");
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        generator.writeArray(shape, 0, shape.length);
        generator.writeFieldName("data_offsets");
        generator.writeArray(new long[] {offset, offset + bytes}, 0, 2);
        generator.writeEndObject();
    }

    private static void requireWritable(String text) {
        if (!StrictJson.isUnicode(text)) {
            throw new IllegalArgumentException("text " + Quoted.name(text) + " holds half a surrogate pair; rename it");
        }
    }

    private static byte[] padded(byte[] json) {
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(Header.PREFIX_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(length).put(json);
        while (header.hasRemaining()) {
            header.put((byte) ' ');
        }
        return header.array();
    }
}
