package dev.finecomb.ingest;

import dev.finecomb.ingest.IntakeMemory.Cursor;
import dev.finecomb.ingest.IntakeMemory.Place;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a former process left behind about records that are read again: how much of the first is consumed, and which are
 * refused already. Forgets what was read; what it still knows belongs into every cut.
 */
final class Rereading {
    private Optional<Cursor> cursor;
    private final Map<Integer, Long> readTo = new TreeMap<>();
    private final Set<Place> waiting;

    /** @param from where reading goes on: what was read up to there only is not read again */
    Rereading(Positions from, IntakeMemory memory) {
        this.cursor = memory.cursor().stream().findFirst();
        memory.ahead().readTo().stream()
                .filter(end -> end.offset() > from.next(end.partition()).orElse(0))
                .forEach(end -> readTo.put(end.partition(), end.offset()));
        this.waiting = new LinkedHashSet<>(memory.ahead().waiting());
    }

    /** The record that was consumed in part, as long as it was not read: it has to come first. */
    Optional<Cursor> cursor() {
        return cursor;
    }

    /** Whether nothing of what was refused is still to be read. */
    boolean isOver() {
        return readTo.isEmpty();
    }

    /**
     * Complains if the record that was consumed in part is not the first one, or is not the same any more.
     *
     * @param samples what the record that comes first holds
     */
    void requireCursor(SourceRecord first, int samples) throws OperatorNeededException {
        if (cursor.isEmpty()) {
            return;
        }
        Cursor begun = cursor.get();
        boolean found = first.partition() == begun.partition() && first.offset() == begun.offset();
        if (!found || samples <= begun.samples()) {
            throw new OperatorNeededException("The first " + begun.samples() + " samples of the record at partition "
                    + begun.partition() + ", offset " + begun.offset() + " of " + first.topic()
                    + " were trained on, and the rest has to follow, but "
                    + (found ? "it holds only " + samples : "the next record there is " + first)
                    + ". The topic's records were changed, and nothing is skipped silently. Restore the topic, or "
                    + InputTopic.BEGIN_AGAIN);
        }
    }

    /** Notes that the record was read again; returns how many of its samples are consumed. */
    int read(SourceRecord record) {
        int consumed = cursor.map(Cursor::samples).orElse(0);
        cursor = Optional.empty();
        waiting.remove(new Place(record.partition(), record.offset()));
        readTo.computeIfPresent(record.partition(), (_, end) -> record.offset() + 1 < end ? end : null);
        return consumed;
    }

    /** Whether the record was refused already; to be asked before it is noted as read. */
    boolean isRefused(SourceRecord record) {
        Long end = readTo.get(record.partition());
        return end != null
                && record.offset() < end
                && !waiting.contains(new Place(record.partition(), record.offset()));
    }

    /** What has to be remembered if reading ends here: what is known still, and what waits again. */
    IntakeMemory.ReadAhead and(List<Place> waitingAgain, Positions readAgain) {
        List<Place> all = new ArrayList<>(waitingAgain);
        all.addAll(waiting);
        List<Place> ends = new ArrayList<>();
        readAgain
                .nextOffsets()
                .forEach((partition, next) ->
                        ends.add(new Place(partition, Math.max(next, readTo.getOrDefault(partition, 0L)))));
        return new IntakeMemory.ReadAhead(ends, all);
    }
}
