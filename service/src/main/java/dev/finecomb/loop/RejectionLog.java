package dev.finecomb.loop;

import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.protocol.batch.RejectReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells the operator about rejected records without flooding the log: in each minute the first {@value #IN_FULL} of a reason
 * in full, the others as one line of counts. The dead letters hold them all.
 */
final class RejectionLog {
    static final int IN_FULL = 3;
    static final Duration MINUTE = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Consumer<String> warning;
    private final Map<RejectReason, Integer> told = new EnumMap<>(RejectReason.class);
    private final Map<RejectReason, Integer> untold = new EnumMap<>(RejectReason.class);
    private long began;

    /**
     * Begins the first minute.
     *
     * @param nanoTime nanoseconds since some moment
     * @param warning takes the lines
     */
    RejectionLog(LongSupplier nanoTime, Consumer<String> warning) {
        this.nanoTime = nanoTime;
        this.warning = warning;
        this.began = nanoTime.getAsLong();
    }

    void rejected(RejectedRecord rejected) {
        sumUpIfDue();
        if (told.merge(rejected.reason(), 1, Integer::sum) <= IN_FULL) {
            warning.accept("rejected record=" + rejected.record() + " reason=" + rejected.reason() + " detail="
                    + rejected.detail());
        } else {
            untold.merge(rejected.reason(), 1, Integer::sum);
        }
    }

    /** Says how many records were not told of, if the minute is over; to be called often. */
    void sumUpIfDue() {
        if (nanoTime.getAsLong() - began >= MINUTE.toNanos()) {
            sumUp();
        }
    }

    /** Says how many records were not told of, and begins a new minute. */
    void sumUp() {
        if (!untold.isEmpty()) {
            int sum = untold.values().stream().mapToInt(Integer::intValue).sum();
            warning.accept("rejected more=" + sum + " reasons=" + untold + "; the dead letters hold them all");
        }
        told.clear();
        untold.clear();
        began = nanoTime.getAsLong();
    }
}
