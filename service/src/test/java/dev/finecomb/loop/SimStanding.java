package dev.finecomb.loop;

import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.IntakeMemory.Cursor;
import dev.finecomb.ingest.IntakeMemory.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which of the input is consumed.
 *
 * @param positions next offset by partition: before it, everything is consumed
 * @param turn the partition of the first record that is not wholly consumed
 * @param cursor that record, if a part of it is consumed
 * @param ahead records behind it that are consumed, because they are refused
 */
record SimStanding(SortedMap<Integer, Long> positions, int turn, List<Cursor> cursor, Set<Place> ahead) {

    /** What a commit says is consumed, by its offsets and what its checkpoint remembers beside them. */
    static SimStanding committed(SimInput input, Map<Integer, Long> offsets, IntakeMemory memory) {
        Set<Place> ahead = new HashSet<>();
        for (Place end : memory.ahead().readTo()) {
            long from = offsets.getOrDefault(end.partition(), 0L);
            for (SimRecord record : input.partitions().get(end.partition())) {
                if (record.offset() >= from && record.offset() < end.offset()) {
                    ahead.add(new Place(record.partition(), record.offset()));
                }
            }
        }
        memory.ahead().waiting().forEach(ahead::remove);
        return new SimStanding(new TreeMap<>(offsets), memory.turn(), memory.cursor(), ahead);
    }

    /**
     * The standing in which so many samples of each record are consumed.
     *
     * @param merged the input in its order
     * @param consumed of each record in it
     */
    static SimStanding of(int partitions, List<SimRecord> merged, int[] consumed) {
        SortedMap<Integer, Long> positions = new TreeMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            positions.put(partition, 0L);
        }
        int first = 0;
        while (first < merged.size() && consumed[first] == merged.get(first).samples()) {
            positions.put(merged.get(first).partition(), merged.get(first).offset() + 1);
            first++;
        }
        Set<Place> ahead = new HashSet<>();
        for (int i = first + 1; i < merged.size(); i++) {
            if (consumed[i] == merged.get(i).samples()) {
                ahead.add(new Place(merged.get(i).partition(), merged.get(i).offset()));
            }
        }
        List<Cursor> cursor = first == merged.size() || consumed[first] == 0
                ? List.of()
                : List.of(new Cursor(
                        merged.get(first).partition(), merged.get(first).offset(), consumed[first]));
        return new SimStanding(positions, first % partitions, cursor, ahead);
    }
}
