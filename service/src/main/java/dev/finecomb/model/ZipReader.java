package dev.finecomb.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a zip archive through one memory mapping: stored entries become views of the file, 4 GiB and more (zip64)
 * included; deflated ones are inflated within a bound. Every entry's checksum is verified.
 */
final class ZipReader {
    private static final int MAX_ENTRIES = 1 << 20;
    private static final long MAX_INFLATED_BYTES = 1L << 30;
    /** No deflated stream grows by more, so a larger claim is refused before memory is taken for it. */
    private static final long MAX_DEFLATE_RATIO = 1040;

    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT_BYTES = 0xffff;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private long inflatedBytes;

    private ZipReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /**
     * Maps the file and returns its entries' contents by name, in the order of the central directory. The mapping lives
     * as long as a content is reachable.
     */
    static Map<String, MemorySegment> read(Path file) throws UnreadableModelException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new ZipReader(file, bytes).entries();
        } catch (IOException e) {
            throw new UnreadableModelException(
                    file.toString(), "can't be read: " + e, "check model.uri and the file's permissions", e);
        } catch (IndexOutOfBoundsException e) {
            throw new UnreadableModelException(
                    file.toString(), "zip structure points outside the file", UnreadableModelException.SAVE_AGAIN, e);
        }
    }

    private Map<String, MemorySegment> entries() throws UnreadableModelException {
        Directory directory = directory();
        Map<String, MemorySegment> entries = new LinkedHashMap<>();
        long at = directory.offset();
        for (long i = 0; i < directory.count(); i++) {
            if (u32(at) != 0x02014b50L) {
                throw damaged("#" + i, "zip directory is damaged");
            }
            int nameLength = u16(at + 28);
            String name = name(at + 46, nameLength);
            if (!name.endsWith("/") && entries.put(name, content(name, at)) != null) {
                throw damaged(name, "is there twice");
            }
            at += 46L + nameLength + u16(at + 30) + u16(at + 32);
        }
        return entries;
    }

    private record Directory(long offset, long count) {}

    private Directory directory() throws UnreadableModelException {
        for (long end = bytes.byteSize() - END_BYTES;
                end >= 0 && end >= bytes.byteSize() - END_BYTES - MAX_COMMENT_BYTES;
                end--) {
            if (u32(end) != 0x06054b50L) {
                continue;
            }
            long count = u16(end + 10);
            long offset = u32(end + 16);
            boolean wide = end >= 20 && u32(end - 20) == 0x07064b50L;
            if (wide) {
                long record = u64(end - 12);
                if (u32(record) != 0x06064b50L) {
                    throw damaged("zip64 directory", "is damaged");
                }
                count = u64(record + 32);
                offset = u64(record + 48);
            }
            if (count < 0 || count > MAX_ENTRIES) {
                throw damaged("directory", count + " entries, at most " + MAX_ENTRIES + " are read");
            }
            return new Directory(offset, count);
        }
        throw new UnreadableModelException(
                file.toString(), "is no zip archive, so no TorchScript module", "save it with torch.jit.save");
    }

    private record Sizes(long compressed, long plain, long header) {}

    private MemorySegment content(String name, long at) throws UnreadableModelException {
        if ((u16(at + 8) & 1) != 0) {
            throw damaged(name, "is encrypted");
        }
        Sizes sizes = sizes(name, at);
        if (u32(sizes.header()) != 0x04034b50L) {
            throw damaged(name, "has no header where the directory says");
        }
        long start = sizes.header() + 30 + u16(sizes.header() + 26) + u16(sizes.header() + 28);
        MemorySegment raw = bytes.asSlice(start, sizes.compressed());
        MemorySegment plain = switch (u16(at + 10)) {
            case 0 -> raw;
            case 8 -> inflate(name, raw, sizes.plain());
            default -> throw damaged(name, "compression method " + u16(at + 10));
        };
        if (plain.byteSize() != sizes.plain() || checksum(plain) != u32(at + 16)) {
            throw damaged(name, "checksum or size differs");
        }
        return plain;
    }

    /** The 32-bit fields, or the 64-bit ones of the zip64 extra field wherever a field is all ones. */
    private Sizes sizes(String name, long at) throws UnreadableModelException {
        long[] fields = {u32(at + 24), u32(at + 20), u32(at + 42)
        }; // plain, compressed, header: the extra field's order
        long extra = at + 46 + u16(at + 28);
        long end = extra + u16(at + 30);
        while (extra + 4 <= end && u16(extra) != 1) {
            extra += 4L + u16(extra + 2);
        }
        long next = extra + 4;
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] == 0xffffffffL && next + Long.BYTES <= end) {
                fields[i] = u64(next);
                next += Long.BYTES;
            }
            if (fields[i] < 0) {
                throw damaged(name, "negative size or offset");
            }
        }
        return new Sizes(fields[1], fields[0], fields[2]);
    }

    private MemorySegment inflate(String name, MemorySegment raw, long size) throws UnreadableModelException {
        inflatedBytes += size;
        if (inflatedBytes > MAX_INFLATED_BYTES || size > MAX_DEFLATE_RATIO * (raw.byteSize() + 1)) {
            throw damaged(name, "compressed content of " + size + " bytes");
        }
        byte[] plain = new byte[(int) size];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(raw.asByteBuffer());
            int filled = 0;
            while (filled < plain.length) {
                int read = inflater.inflate(plain, filled, plain.length - filled);
                if (read == 0) {
                    throw damaged(name, "compressed content ends early");
                }
                filled += read;
            }
        } catch (DataFormatException e) {
            throw damaged(name, "compressed content is damaged");
        } finally {
            inflater.end();
        }
        return MemorySegment.ofArray(plain).asReadOnly();
    }

    private static long checksum(MemorySegment content) {
        CRC32 crc = new CRC32();
        long chunk = 1L << 30;
        for (long at = 0; at < content.byteSize(); at += chunk) {
            ByteBuffer part = content.asSlice(at, Math.min(chunk, content.byteSize() - at))
                    .asByteBuffer();
            crc.update(part);
        }
        return crc.getValue();
    }

    private String name(long at, int length) {
        return new String(bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private int u16(long at) {
        return Short.toUnsignedInt(bytes.get(U16, at));
    }

    private long u32(long at) {
        return Integer.toUnsignedLong(bytes.get(U32, at));
    }

    private long u64(long at) {
        return bytes.get(U64, at);
    }

    private UnreadableModelException damaged(String entry, String what) {
        return UnreadableModelException.damaged(file, entry, what);
    }
}
