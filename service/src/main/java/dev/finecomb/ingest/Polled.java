package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.TrainingBatch;

/** What a poll brought. */
public sealed interface Polled {
    /**
     * A batch to train on.
     *
     * @param record the record it was decoded from, kept so that the step can still refuse it
     */
    record Batch(TrainingBatch batch, SourceRecord record) implements Polled {}

    /** A record that was refused before it became a batch; positions move over it all the same. */
    record Rejected(RejectedRecord rejected) implements Polled {}

    /** Nothing arrived in time. */
    record Nothing() implements Polled {}
}
