package dev.finecomb.ingest;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What was read ahead, in order, bounded by bytes: from the one prefetching thread to the one training thread. A failure
 * travels through it like a record, so that everything read before it is still handed out, unless it casts doubt on that.
 */
final class PrefetchQueue {
    /** What lies in the queue. */
    sealed interface Item {
        record Ready(Polled polled, long bytes) implements Item {}

        record Broken(Exception reason) implements Item {}
    }

    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final long capacityBytes;
    private volatile boolean broken;
    private volatile @Nullable Exception revoked;

    PrefetchQueue(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /** Whether so many more bytes stay within the bound; an empty queue takes a record of any size. */
    boolean hasRoomFor(long moreBytes) {
        long held = bytes.get();
        return held == 0 || held + moreBytes <= capacityBytes;
    }

    /** Whether enough was taken out that fetching is worth its while again. */
    boolean isHalfEmpty() {
        return bytes.get() <= capacityBytes / 2;
    }

    /** Appends; the caller has asked for room. */
    void add(Polled polled, long weight) {
        bytes.addAndGet(weight);
        items.add(new Item.Ready(polled, weight));
    }

    /** Appends the end of everything; only the first one counts. */
    void fail(Exception reason) {
        broken = true;
        items.add(new Item.Broken(reason));
    }

    /**
     * The end of everything, at once: what waits is not handed out any more, because it may not be what it was taken for.
     */
    void revoke(Exception reason) {
        revoked = reason;
        fail(reason);
    }

    boolean isBroken() {
        return broken;
    }

    /** The next item, or null if none came in time. */
    @Nullable
    Item poll(Duration timeout) throws InterruptedException {
        Item item = items.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (item instanceof Item.Ready ready) {
            bytes.addAndGet(-ready.bytes());
        }
        Exception reason = revoked;
        return reason == null ? item : new Item.Broken(reason);
    }

    /** Bytes held now. */
    long bytes() {
        return bytes.get();
    }
}
