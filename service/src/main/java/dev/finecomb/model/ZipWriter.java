package dev.finecomb.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip archive as PyTorch lays it out: entries stored, their contents aligned to 64 bytes by padding in an extra
 * field. The same contents give the same bytes. Entries and offsets of 4 GiB and more are written as zip64.
 */
final class ZipWriter implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final int LOCAL_BYTES = 30;
    private static final int CENTRAL_BYTES = 46;
    private static final int WIDE_EXTRA_BYTES = 4 + 2 * Long.BYTES;
    private static final long NARROW = 0xffffffffL;
    private static final short UTF8 = 1 << 11;
    private static final short FIRST_OF_1980 = 0x21;
    private static final long CHUNK_BYTES = 1L << 24;

    private record Written(String entryName, long size, int checksum, long header) {
        byte[] name() {
            return entryName.getBytes(StandardCharsets.UTF_8);
        }
    }

    private final FileChannel out;
    private final List<Written> entries = new ArrayList<>();
    private long position;

    ZipWriter(Path file) throws IOException {
        out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    void add(String entryName, MemorySegment content) throws IOException {
        byte[] name = entryName.getBytes(StandardCharsets.UTF_8);
        long size = content.byteSize();
        Written entry = new Written(entryName, size, checksum(content), position);
        entries.add(entry);
        boolean wide = size >= NARROW;
        long unpadded = position + LOCAL_BYTES + name.length + (wide ? WIDE_EXTRA_BYTES : 0) + 4;
        int padding = (int) (-unpadded & (ALIGNMENT - 1));
        int extra = 4 + padding + (wide ? WIDE_EXTRA_BYTES : 0);
        ByteBuffer header =
                ByteBuffer.allocate(LOCAL_BYTES + name.length + extra).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0x04034b50);
        common(header, entry, wide, wide);
        header.putShort((short) name.length).putShort((short) extra).put(name);
        if (wide) {
            header.putShort((short) 1)
                    .putShort((short) (2 * Long.BYTES))
                    .putLong(size)
                    .putLong(size);
        }
        header.put((byte) 'F').put((byte) 'B').putShort((short) padding);
        while (header.hasRemaining()) {
            header.put((byte) 'Z');
        }
        write(header.flip());
        for (long at = 0; at < size; at += CHUNK_BYTES) {
            write(content.asSlice(at, Math.min(CHUNK_BYTES, size - at)).asByteBuffer());
        }
    }

    /** The fields that local and central headers share, from the version needed up to the plain size. */
    private static void common(ByteBuffer header, Written entry, boolean wideVersion, boolean wideSize) {
        header.putShort((short) (wideVersion ? 45 : 20)).putShort(UTF8).putShort((short) 0);
        header.putShort((short) 0).putShort(FIRST_OF_1980).putInt(entry.checksum());
        int size = (int) (wideSize ? NARROW : entry.size());
        header.putInt(size).putInt(size);
    }

    /** Writes the directory and forces the file; without it the archive is incomplete. */
    void finish() throws IOException {
        long start = position;
        for (Written entry : entries) {
            directory(entry);
        }
        long size = position - start;
        boolean wide = start >= NARROW || entries.size() >= 0xffff;
        if (wide) {
            ByteBuffer end = ByteBuffer.allocate(56 + 20).order(ByteOrder.LITTLE_ENDIAN);
            end.putInt(0x06064b50)
                    .putLong(44)
                    .putShort((short) 45)
                    .putShort((short) 45)
                    .putInt(0)
                    .putInt(0);
            end.putLong(entries.size()).putLong(entries.size()).putLong(size).putLong(start);
            end.putInt(0x07064b50).putInt(0).putLong(position).putInt(1);
            write(end.flip());
        }
        ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
        short count = (short) (wide ? 0xffff : entries.size());
        end.putInt(0x06054b50).putInt(0).putShort(count).putShort(count);
        end.putInt((int) (wide ? NARROW : size))
                .putInt((int) (wide ? NARROW : start))
                .putShort((short) 0);
        write(end.flip());
        out.force(true);
    }

    private void directory(Written entry) throws IOException {
        boolean wideSize = entry.size() >= NARROW;
        boolean wideHeader = entry.header() >= NARROW;
        int fields = (wideSize ? 2 * Long.BYTES : 0) + (wideHeader ? Long.BYTES : 0);
        int extra = fields == 0 ? 0 : 4 + fields;
        byte[] name = entry.name();
        ByteBuffer record =
                ByteBuffer.allocate(CENTRAL_BYTES + name.length + extra).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0x02014b50).putShort((short) 45);
        common(record, entry, fields > 0, wideSize);
        record.putShort((short) name.length).putShort((short) extra).putShort((short) 0);
        record.putInt(0)
                .putInt(0)
                .putInt((int) (wideHeader ? NARROW : entry.header()))
                .put(name);
        if (fields > 0) {
            record.putShort((short) 1).putShort((short) fields);
            if (wideSize) {
                record.putLong(entry.size()).putLong(entry.size());
            }
            if (wideHeader) {
                record.putLong(entry.header());
            }
        }
        write(record.flip());
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            position += out.write(bytes);
        }
    }

    private static int checksum(MemorySegment content) {
        CRC32 crc = new CRC32();
        for (long at = 0; at < content.byteSize(); at += CHUNK_BYTES) {
            crc.update(content.asSlice(at, Math.min(CHUNK_BYTES, content.byteSize() - at))
                    .asByteBuffer());
        }
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
