package dev.finecomb.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Host memory that one snapshot after another is copied into: a fresh block for each would have to be cleared first and paged in. As
 * many blocks exist as snapshots were in use at one time. Arenas of their own, whose memory does not count as Java's direct memory,
 * which is limited.
 */
final class SnapshotMemory implements AutoCloseable {
    private static final long ALIGNMENT = 64;

    private final Deque<Block> free = new ArrayDeque<>();
    private boolean closed;

    private record Block(Arena arena, MemorySegment memory) {
        static Block of(long bytes) {
            Arena arena = Arena.ofShared();
            return new Block(arena, arena.allocate(bytes, ALIGNMENT));
        }
    }

    /** A block in use. */
    final class Lease {
        private final Block block;
        private final AtomicBoolean returned = new AtomicBoolean();

        private Lease(Block block) {
            this.block = block;
        }

        MemorySegment memory() {
            return block.memory();
        }

        /** The next lease may have the memory; again is too often and does nothing. */
        void release() {
            if (!returned.getAndSet(true)) {
                give(block);
            }
        }
    }

    /** A block of so many bytes, with whatever the one before left in it. */
    synchronized Lease take(long bytes) {
        Block block = free.pollFirst();
        if (block != null && block.memory().byteSize() == bytes) {
            return new Lease(block);
        }
        return new Lease(Block.of(bytes));
    }

    private synchronized void give(Block block) {
        if (closed) {
            block.arena().close();
        } else {
            free.addFirst(block);
        }
    }

    /** Frees what is not in use, and the rest when it is given back: a commit may outlive the trainer. */
    @Override
    public synchronized void close() {
        closed = true;
        free.forEach(block -> block.arena().close());
        free.clear();
    }

    /** What a tensor of so many bytes takes, the next one's alignment included. */
    static long padded(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
