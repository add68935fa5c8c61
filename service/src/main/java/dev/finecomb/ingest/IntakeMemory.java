package dev.finecomb.ingest;

import java.util.List;

/**
 * What the intake remembers beside the positions, so that reading on from there gives the same steps and refusals as if it
 * had never stopped: part of every cut.
 *
 * <p>The positions are those of the first record that is not wholly consumed. It may be consumed in part, which {@code cursor}
 * says; and records behind it may have been refused already while it waited for more samples, which {@code ahead} says, so
 * that none is refused twice.
 *
 * @param topicId identity of the topic that the positions belong to; one of the same name may be another
 * @param turn partition that is read next from the positions
 * @param cursor the record that is consumed in part; empty if none is
 * @param ahead what was read beyond the positions
 * @param pinned what samples have to be like; empty as long as no mini-batch was trained on
 */
public record IntakeMemory(String topicId, int turn, List<Cursor> cursor, ReadAhead ahead, List<SampleKind> pinned) {
    /** Before anything was read, of any topic. */
    public static final IntakeMemory BLANK = new IntakeMemory("", 0, List.of(), ReadAhead.NOTHING, List.of());

    /**
     * A record of which the first samples are consumed.
     *
     * @param samples how many, at least 1 and fewer than it holds
     */
    public record Cursor(int partition, long offset, int samples) {}

    /** A record by its place. */
    public record Place(int partition, long offset) {}

    /**
     * What was read beyond the positions: of each partition the records before {@code readTo}, of which all but
     * {@code waiting} are refused.
     *
     * @param readTo next offset that was not read, by partition; empty if nothing beyond the positions was refused
     * @param waiting records that wait for their step
     */
    public record ReadAhead(List<Place> readTo, List<Place> waiting) {
        static final ReadAhead NOTHING = new ReadAhead(List.of(), List.of());

        public ReadAhead {
            readTo = List.copyOf(readTo);
            waiting = List.copyOf(waiting);
        }
    }

    public IntakeMemory {
        cursor = List.copyOf(cursor);
        pinned = List.copyOf(pinned);
    }
}
