package dev.finecomb.feed;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Numbers in one growing buffer, little-endian: all of them F32, or all of them I64. */
final class Numbers {
    private static final int INITIAL_BYTES = 1 << 12;
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

    private ByteBuffer data = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    void addFloat(float value, Path file) throws UnreadableFileException {
        makeRoom(Float.BYTES, file);
        data.putFloat(value);
    }

    void addLong(long value, Path file) throws UnreadableFileException {
        makeRoom(Long.BYTES, file);
        data.putLong(value);
    }

    /** What was added as I64 becomes F32. In place: the float of a number never lies behind the integer it is made of. */
    void turnToFloats() {
        int numbers = data.position() / Long.BYTES;
        for (int i = 0; i < numbers; i++) {
            data.putFloat(i * Float.BYTES, (float) data.getLong(i * Long.BYTES));
        }
        data.position(numbers * Float.BYTES);
    }

    /** The numbers so far. */
    MemorySegment bytes() {
        return MemorySegment.ofBuffer(data.duplicate().flip());
    }

    private void makeRoom(int bytes, Path file) throws UnreadableFileException {
        if (data.remaining() >= bytes) {
            return;
        }
        if (data.capacity() == MOST_BYTES) {
            throw new UnreadableFileException(file, "it holds more than 2 GiB of numbers; split it");
        }
        int capacity = (int) Math.min(2L * data.capacity(), MOST_BYTES);
        data = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(data.flip());
    }
}
