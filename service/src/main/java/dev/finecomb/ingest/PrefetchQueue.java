package dev.finecomb.ingest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was read ahead, for each partition in order and bounded by bytes: from the one prefetching thread to the one training
 * thread. A full partition does not keep the others from being read, or the one whose turn it is could wait for ever. A
 * failure comes after everything that was read before it, unless it casts doubt on that.
 */
final class PrefetchQueue {
    /** What a poll finds. */
    sealed interface Item {
        record Ready(Polled polled, int partition) implements Item {}

        record Broken(Exception reason) implements Item {}
    }

    private record Waiting(Polled polled, long bytes, long arrival) {}

    private static final class Lane {
        private final Queue<Waiting> records = new ArrayDeque<>();
        private long bytes;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private final long laneBytes;
    private long arrivals;
    private @Nullable Exception failure;
    private boolean revoked;

    /** @param capacityBytes bound for all partitions, of which there are {@code partitions} from 0 on */
    PrefetchQueue(long capacityBytes, int partitions) {
        this.laneBytes = capacityBytes / partitions;
        for (int partition = 0; partition < partitions; partition++) {
            lanes.put(partition, new Lane());
        }
    }

    private Lane lane(int partition) {
        Lane lane = lanes.get(partition);
        if (lane == null) {
            throw new IllegalArgumentException("partition " + partition + " is not read");
        }
        return lane;
    }

    /** Whether so many more bytes stay within the partition's bound; if nothing of it waits, a record of any size does. */
    boolean hasRoomFor(int partition, long moreBytes) {
        lock.lock();
        try {
            long held = lane(partition).bytes;
            return held == 0 || held + moreBytes <= laneBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Whether enough was taken out of the partition that fetching is worth its while again. */
    boolean isHalfEmpty(int partition) {
        lock.lock();
        try {
            return lane(partition).bytes <= laneBytes / 2;
        } finally {
            lock.unlock();
        }
    }

    /** Appends; the caller has asked for room. */
    void add(int partition, Polled polled, long weight) {
        lock.lock();
        try {
            Lane lane = lane(partition);
            lane.records.add(new Waiting(polled, weight, arrivals++));
            lane.bytes += weight;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing comes after what waits; only the first reason counts. */
    void fail(Exception reason) {
        end(reason, false);
    }

    /**
     * The end of everything, at once: what waits is not handed out any more, because it may not be what it was taken for.
     */
    void revoke(Exception reason) {
        end(reason, true);
    }

    private void end(Exception reason, boolean atOnce) {
        lock.lock();
        try {
            if (failure == null || (atOnce && !revoked)) {
                failure = reason;
                revoked = atOnce;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isBroken() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** The record of these partitions that arrived first, or null if none came in time. */
    @Nullable
    Item poll(Set<Integer> partitions, Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = timeout.toNanos();
            Item found = find(partitions);
            while (found == null && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
                found = find(partitions);
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Item find(Set<Integer> partitions) {
        Exception reason = failure;
        if (reason != null && revoked) {
            return new Item.Broken(reason);
        }
        Lane first = null;
        int from = -1;
        long arrival = Long.MAX_VALUE;
        for (int partition : partitions) {
            Lane lane = lane(partition);
            Waiting head = lane.records.peek();
            if (head != null && head.arrival() < arrival) {
                first = lane;
                from = partition;
                arrival = head.arrival();
            }
        }
        if (first == null) {
            return reason == null ? null : new Item.Broken(reason);
        }
        Waiting taken = first.records.remove();
        first.bytes -= taken.bytes();
        return new Item.Ready(taken.polled(), from);
    }

    /** Bytes held now, of all partitions. */
    long bytes() {
        lock.lock();
        try {
            return lanes.values().stream().mapToLong(lane -> lane.bytes).sum();
        } finally {
            lock.unlock();
        }
    }
}
