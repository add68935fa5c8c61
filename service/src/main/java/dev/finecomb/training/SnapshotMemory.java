package dev.finecomb.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Host memory that one snapshot after another is copied into: a fresh block for each would have to be cleared first and paged in. As
 * many blocks exist as snapshots were in use at one time.
 */
final class SnapshotMemory {
    private static final long ALIGNMENT = 64;

    private final Deque<MemorySegment> free = new ArrayDeque<>();

    /** A block in use. */
    final class Lease {
        private final MemorySegment memory;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(MemorySegment memory) {
            this.memory = memory;
        }

        MemorySegment memory() {
            return memory;
        }

        /** The next lease may have the memory; again is too often and does nothing. */
        void release() {
            if (!returned.getAndSet(true)) {
                give(memory);
            }
        }
    }

    /** A block of so many bytes, with whatever the one before left in it. */
    synchronized Lease take(long bytes) {
        MemorySegment block = free.pollFirst();
        boolean fits = block != null && block.byteSize() == bytes;
        // Collected when unreachable: a commit may outlive the trainer.
        return new Lease(fits ? block : Arena.ofAuto().allocate(bytes, ALIGNMENT));
    }

    private synchronized void give(MemorySegment block) {
        free.addFirst(block);
    }

    /** What a tensor of so many bytes takes, the next one's alignment included. */
    static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
