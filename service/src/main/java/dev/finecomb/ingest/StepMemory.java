package dev.finecomb.ingest;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Memory outside the heap in which samples of several records are put together, step after step the same: the engine can
 * take a tensor from it as it lies there. What it holds is good until the next step's samples are put in.
 */
final class StepMemory {
    /** As the engine aligns its own arrays: its results depend on that, to the bit. */
    private static final int ALIGNMENT = 64;

    private final List<Room> rooms = new ArrayList<>();

    /** The room of one of the step's tensors, which are numbered from 0. */
    Room tensor(int number) {
        while (rooms.size() <= number) {
            rooms.add(new Room());
        }
        return rooms.get(number);
    }

    /** A tensor's room, which grows and never shrinks. */
    static final class Room {
        private ByteBuffer memory = ByteBuffer.allocate(0);

        /** The first bytes of it, so many. */
        ByteBuffer of(int bytes) {
            if (memory.capacity() < bytes) {
                memory = Arena.ofAuto().allocate(bytes, ALIGNMENT).asByteBuffer();
            }
            return memory.slice(0, bytes);
        }
    }
}
