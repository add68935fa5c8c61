package dev.finecomb.protocol;

/** What an output record is, as {@code ce_type} and the fourth part of {@code ce_id} name it. Names are frozen in v1. */
public enum MessageKind {
    /** A run of a layer's mask bits. */
    MASK("mask", ContentType.SAFETENSORS),
    /** The record that makes a snapshot of mask chunks. */
    MASK_MANIFEST("mask-manifest", ContentType.JSON),
    /** Figures of one step. */
    METRICS("metrics", ContentType.JSON),
    /** Something that happened to the job. */
    EVENT("event", ContentType.JSON),
    /** A durable checkpoint's name and digests. */
    CHECKPOINT("checkpoint", ContentType.JSON),
    /** A finished, proven model. */
    MODEL("model", ContentType.JSON),
    /** An order to the job. */
    COMMAND("command", ContentType.JSON);

    private final String wireName;
    private final ContentType contentType;

    MessageKind(String wireName, ContentType contentType) {
        this.wireName = wireName;
        this.contentType = contentType;
    }

    /** The kind's name inside identifiers. */
    public String wireName() {
        return wireName;
    }

    /** Value of {@code ce_type}. */
    public String eventType() {
        return "dev.finecomb." + wireName + ".v1";
    }

    /** The form of the value. */
    public ContentType contentType() {
        return contentType;
    }
}
