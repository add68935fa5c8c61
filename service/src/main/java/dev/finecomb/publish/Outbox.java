package dev.finecomb.publish;

import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskRecord;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What the steps since the last cut have to say, in the order they said it. Nothing of it is visible before
 * {@link #seal() the sealed content} is committed. Belongs to the training thread.
 */
public final class Outbox {
    private final Topics topics;
    private final InstantSource clock;
    private final List<OutputRecord> records = new ArrayList<>();
    private final Map<MessageKind, Long> numbers;
    private TraceContext trace = TraceContext.NONE;
    private long numberedStep;
    private long bytes;

    /**
     * An empty outbox.
     *
     * @param clock for {@code ce_time} only
     * @param numbers where the numbering of records goes on; {@link EventNumbers#NONE} for a new history
     */
    public Outbox(Topics topics, InstantSource clock, EventNumbers numbers) {
        this.topics = topics;
        this.clock = clock;
        this.numbers = numbers.byKind();
        this.numberedStep = numbers.step();
    }

    /** What is added from now on was led to by this record: it carries the record's trace context, if it has one. */
    public void ledToBy(SourceRecord record) {
        trace = TraceContext.of(record);
    }

    /** What is added from now on was led to by no record. */
    public void ledToByNone() {
        trace = TraceContext.NONE;
    }

    public void add(StepMetrics metrics) {
        add(topics.metrics(), MessageKind.METRICS, metrics.origin(), metrics.encode());
    }

    public void add(JobEvent event) {
        add(topics.events(), MessageKind.EVENT, event.origin(), event.encode());
    }

    public void add(FinishedModel model) {
        add(topics.models(), MessageKind.MODEL, model.origin(), model.encode());
    }

    /** A whole mask snapshot: keys that fell out of use, then the changed chunks, then the manifest that binds them. */
    public void add(MaskPublication masks) {
        Origin origin = masks.manifest().origin();
        for (String key : masks.retiredKeys()) {
            put(topics.masks(), OutputRecord.text(key), null, headers(MessageKind.MASK, origin));
        }
        for (MaskRecord record : masks.records()) {
            put(topics.masks(), record.keyBytes(), record.value(), headers(record.kind(), origin));
        }
    }

    /**
     * A refused record, on its way to the dead letters with key, value and headers as they were, and why behind them.
     *
     * @param origin job, incarnation and the step that was due
     */
    public void add(RejectedRecord rejected, Origin origin) {
        SourceRecord record = rejected.record();
        Headers headers = new RecordHeaders(record.headers());
        new DeadLetter(
                        new TopicPartition(record.topic(), record.partition()),
                        record.offset(),
                        origin,
                        rejected.reason().name(),
                        rejected.refusedBy(),
                        rejected.detail())
                .addTo(headers);
        put(topics.deadLetters(), record.key().orElse(null), record.value().orElse(null), headers);
    }

    private void add(String topic, MessageKind kind, Origin origin, byte[] value) {
        put(topic, OutputRecord.text(topics.job()), value, headers(kind, origin));
    }

    private void put(String topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        var record = new OutputRecord(topic, key, value, headers);
        records.add(record);
        bytes += record.bytes();
    }

    private Headers headers(MessageKind kind, Origin origin) {
        Headers headers = new RecordHeaders();
        new CloudEvent(origin, kind, nextNumber(kind, origin.step()), clock.instant()).writeTo(headers);
        trace.writeTo(headers);
        return headers;
    }

    private long nextNumber(MessageKind kind, long step) {
        if (step < numberedStep) {
            throw new IllegalArgumentException("a record of step " + step + " after records of step " + numberedStep
                    + " would repeat an identifier");
        }
        if (step > numberedStep) {
            numbers.clear();
            numberedStep = step;
        }
        long number = numbers.getOrDefault(kind, 0L);
        numbers.put(kind, number + 1);
        return number;
    }

    /** Estimated memory of what waits. */
    public long bytes() {
        return bytes;
    }

    /** How many records wait. */
    public int size() {
        return records.size();
    }

    /** Where the numbering stands; belongs into the same cut as the records. */
    public EventNumbers numbers() {
        return EventNumbers.of(numberedStep, numbers);
    }

    /** Hands over everything that waits, as an immutable list for one commit, and begins anew. */
    public List<OutputRecord> seal() {
        List<OutputRecord> sealed = List.copyOf(records);
        records.clear();
        bytes = 0;
        return sealed;
    }
}
