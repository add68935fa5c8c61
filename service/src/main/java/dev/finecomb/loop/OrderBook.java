package dev.finecomb.loop;

import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.loop.LoopMemory.Answered;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What the job remembers of the orders it took: part of every cut, so that an order whose effect was committed is never
 * obeyed again, and one whose effect was lost is.
 */
final class OrderBook {
    /** How many orders are known by their id; the place in the topic protects those that came before. */
    static final int REMEMBERED = 1000;

    private final SequencedMap<String, Answered> answered = new LinkedHashMap<>();
    private String topicId;
    private long nextOffset;
    private double baseRate;
    private boolean exportOrdered;

    OrderBook(LoopMemory.Orders memory) {
        topicId = memory.topicId();
        nextOffset = memory.nextOffset();
        baseRate = memory.baseRate();
        exportOrdered = memory.exportOrdered();
        memory.answered().forEach(this::note);
    }

    /** What became of the order of that id, if it is known. */
    Optional<Answered> find(String id) {
        return Optional.ofNullable(answered.get(id));
    }

    /** An order got its answer. */
    void note(Answered order) {
        answered.put(order.id(), order);
        if (answered.size() > REMEMBERED) {
            answered.pollFirstEntry();
        }
    }

    /** The record was taken from the topic. */
    void read(CommandRecord record) {
        topicId = record.topicId();
        nextOffset = record.offset() + 1;
    }

    /** An order set the base rate. */
    void setBaseRate(double rate) {
        baseRate = rate;
    }

    /** Whether an order to export is still to be carried out. */
    boolean isExportOrdered() {
        return exportOrdered;
    }

    void setExportOrdered(boolean ordered) {
        exportOrdered = ordered;
    }

    LoopMemory.Orders memory() {
        return new LoopMemory.Orders(topicId, nextOffset, baseRate, exportOrdered, List.copyOf(answered.values()));
    }
}
