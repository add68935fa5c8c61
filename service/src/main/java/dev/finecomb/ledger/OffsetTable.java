package dev.finecomb.ledger;

import java.util.HashMap;
import java.util.Map;

/** A whole number for each offset of each partition, 0 where nothing was noted; memory is four bytes an offset in use. */
final class OffsetTable {
    private static final int PAGE_BITS = 12;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;

    private final Map<Integer, Map<Long, int[]>> pages = new HashMap<>();

    int get(int partition, long offset) {
        int[] page = pages.getOrDefault(partition, Map.of()).get(offset >>> PAGE_BITS);
        return page == null ? 0 : page[(int) offset & PAGE_MASK];
    }

    /** Adds to the number and returns what it was. */
    int add(int partition, long offset, int more) {
        int[] page = pages.computeIfAbsent(partition, _ -> new HashMap<>())
                .computeIfAbsent(offset >>> PAGE_BITS, _ -> new int[1 << PAGE_BITS]);
        int before = page[(int) offset & PAGE_MASK];
        page[(int) offset & PAGE_MASK] = Math.addExact(before, more);
        return before;
    }
}
