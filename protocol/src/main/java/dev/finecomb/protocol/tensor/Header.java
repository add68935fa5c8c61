package dev.finecomb.protocol.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The verified head of a safetensors value: its tensors tile the data exactly.
 *
 * <pre>
 *   0        8                dataStart                      size
 *   | length | JSON, spaces   | tensor | tensor | ... tensor |
 * </pre>
 */
record Header(List<HeaderEntry> entries, Map<String, String> metadata, long dataStart) {
    static final int PREFIX_BYTES = Long.BYTES;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Reads and checks the head of {@code value}; allocates nothing before the header's length is known to be sane. */
    static Header read(MemorySegment value, Limits limits) throws MalformedTensorsException {
        long size = value.byteSize();
        if (size > limits.maxBytes()) {
            throw new MalformedTensorsException(
                    TensorFault.TOO_LARGE,
                    "value of " + size + " bytes exceeds the limit of " + limits.maxBytes() + "; send smaller ones");
        }
        if (size <= PREFIX_BYTES || value.get(ValueLayout.JAVA_BYTE, PREFIX_BYTES) != '{') {
            throw new MalformedTensorsException(
                    TensorFault.BAD_MAGIC,
                    "value of " + size + " bytes does not begin with a header length and '{'; is it safetensors?");
        }
        long length = value.get(LENGTH, 0);
        if (length < 0 || length > limits.maxHeaderBytes()) {
            throw new MalformedTensorsException(
                    TensorFault.HEADER_TOO_LARGE,
                    "header claims " + Long.toUnsignedString(length) + " bytes, the limit is " + limits.maxHeaderBytes()
                            + "; shorten names and metadata");
        }
        if (length > size - PREFIX_BYTES) {
            throw new MalformedTensorsException(
                    TensorFault.LAYOUT,
                    "header claims " + length + " bytes, but only " + (size - PREFIX_BYTES)
                            + " follow its length; the value is truncated");
        }
        byte[] json = value.asSlice(PREFIX_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        long dataStart = PREFIX_BYTES + length;
        Header header = HeaderParser.parse(json, dataStart, limits);
        header.requireTiling(size - dataStart);
        return header;
    }

    private void requireTiling(long dataBytes) throws MalformedTensorsException {
        List<HeaderEntry> inDataOrder = entries.stream()
                .sorted(Comparator.comparingLong(HeaderEntry::begin).thenComparingLong(HeaderEntry::end))
                .toList();
        long covered = 0;
        for (HeaderEntry entry : inDataOrder) {
            if (entry.begin() != covered) {
                String what = entry.begin() < covered ? "overlaps the tensor before it" : "leaves a hole before it";
                throw new MalformedTensorsException(
                        TensorFault.LAYOUT,
                        "tensor " + Quoted.name(entry.name()) + " begins at data offset " + entry.begin()
                                + " instead of " + covered + " and " + what + "; write tensors back to back");
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            String what = covered < dataBytes ? "trailing bytes are not allowed" : "the value is truncated";
            throw new MalformedTensorsException(
                    TensorFault.LAYOUT,
                    "tensors cover " + covered + " bytes of data, but " + dataBytes + " are there; " + what);
        }
    }
}
