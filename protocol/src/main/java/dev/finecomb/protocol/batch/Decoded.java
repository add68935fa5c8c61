package dev.finecomb.protocol.batch;

/** What became of a record's value: a batch, or the reason why it is none. */
public sealed interface Decoded {

    /** The value is a batch that fits the schema. */
    record Accepted(TrainingBatch batch) implements Decoded {}

    /**
     * The value is no batch for this schema.
     *
     * @param detail one printable line: what, where and the remedy
     */
    record Refused(RejectReason reason, String detail) implements Decoded {}
}
