package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.TrainingBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/** The samples that wait for their step, record by record in the order they were read. */
final class Gathered {
    /**
     * A record whose samples wait.
     *
     * @param kind what its samples are like
     * @param before positions from which reading on would find it, and nothing of before that was consumed
     * @param refusedBefore records refused when it was read
     */
    record Waiting(
            SourceRecord record, TrainingBatch batch, List<SampleKind> kind, Positions before, long refusedBefore) {}

    private final OptionalInt batchSize;
    private final Deque<Waiting> records = new ArrayDeque<>();
    private final StepMemory memory = new StepMemory();
    /** Samples of the first record that are consumed. */
    private int consumed;

    private long samples;

    /** @param batchSize samples of one step; empty when it is those of one record */
    Gathered(OptionalInt batchSize) {
        this.batchSize = batchSize;
    }

    void add(Waiting waiting) {
        records.add(waiting);
        samples += waiting.batch().samples();
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    Waiting first() {
        return records.getFirst();
    }

    Waiting last() {
        return records.getLast();
    }

    /** Samples of the first record that are consumed. */
    int consumed() {
        return consumed;
    }

    /** Their places, first one first. */
    List<IntakeMemory.Place> places() {
        return records.stream()
                .map(waiting -> new IntakeMemory.Place(
                        waiting.record().partition(), waiting.record().offset()))
                .toList();
    }

    /** Whether the newest record's samples are not like those before; then no step may be made of them. */
    boolean isMixed() {
        return !isEmpty() && !first().kind().equals(last().kind());
    }

    /** Whether there are samples enough for a step. */
    boolean isEnough() {
        return !isEmpty() && samples >= needed();
    }

    private int needed() {
        return batchSize.orElseGet(() -> first().batch().samples());
    }

    /**
     * The samples of the next step, which stay here until they are consumed; a copy only if they are of several records, and
     * then one that the next call overwrites.
     */
    MiniBatch step() {
        List<Share> shares = new ArrayList<>();
        List<TrainingBatch> parts = new ArrayList<>();
        int missing = needed();
        int from = consumed;
        for (Waiting waiting : records) {
            int of = waiting.batch().samples();
            int to = from + Math.min(of - from, missing);
            shares.add(new Share(waiting.record(), from, to, of));
            parts.add(Samples.slice(waiting.batch(), from, to));
            missing -= to - from;
            from = 0;
            if (missing == 0) {
                break;
            }
        }
        return new MiniBatch(Samples.join(parts, memory), shares);
    }

    /** So many samples are done with. */
    void consume(int count) {
        samples -= count;
        consumed += count;
        while (!isEmpty() && consumed >= first().batch().samples()) {
            consumed -= records.removeFirst().batch().samples();
        }
    }

    /** What is left of the first record. */
    Share rest() {
        int of = first().batch().samples();
        return new Share(first().record(), consumed, of, of);
    }
}
