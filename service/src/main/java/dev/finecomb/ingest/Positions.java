package dev.finecomb.ingest;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * For each partition of the input topic the next offset to read. Immutable.
 *
 * <p>Offsets are not a count of records: transaction markers and compaction leave gaps, so a position only ever follows
 * from a record that was read, as its offset plus one.
 */
public record Positions(SortedMap<Integer, Long> nextOffsets) {
    /** Copies and checks: partitions and offsets are not negative. */
    public Positions {
        nextOffsets.forEach((partition, offset) -> {
            if (partition < 0 || offset < 0) {
                throw new IllegalArgumentException(
                        "partition " + partition + " at offset " + offset + " is impossible");
            }
        });
        nextOffsets = Collections.unmodifiableSortedMap(new TreeMap<>(nextOffsets));
    }

    /** Positions of any map. */
    public static Positions of(Map<Integer, Long> nextOffsets) {
        return new Positions(new TreeMap<>(nextOffsets));
    }

    /** The position of the only partition. */
    public static Positions of(int partition, long nextOffset) {
        return of(Map.of(partition, nextOffset));
    }

    /** Whether any partition stands farther than in the other, where one that is not in it stands at its beginning. */
    public boolean isBeyond(Positions other) {
        return nextOffsets.entrySet().stream()
                .anyMatch(entry -> entry.getValue() > other.next(entry.getKey()).orElse(0));
    }

    /**
     * These positions after a record of a partition was consumed.
     *
     * @throws IllegalArgumentException if the partition is unknown, or the record lies before its position
     */
    public Positions after(int partition, long offset) {
        Long next = nextOffsets.get(partition);
        if (next == null || offset < next) {
            throw new IllegalArgumentException(
                    "a record at partition " + partition + ", offset " + offset + " cannot follow " + this);
        }
        SortedMap<Integer, Long> moved = new TreeMap<>(nextOffsets);
        moved.put(partition, offset + 1);
        return new Positions(moved);
    }

    /** These positions after that record was consumed, see {@link #after(int, long)}. */
    public Positions after(SourceRecord record) {
        return after(record.partition(), record.offset());
    }

    /** Next offset of the partition, empty if it is not ours. */
    public OptionalLong next(int partition) {
        Long next = nextOffsets.get(partition);
        return next == null ? OptionalLong.empty() : OptionalLong.of(next);
    }

    @Override
    public String toString() {
        return nextOffsets.toString();
    }
}
