package dev.finecomb.protocol;

/** The names of the record headers that Finecomb writes. Readers ignore all others. */
public final class HeaderNames {
    /** CloudEvents version, always 1.0. */
    public static final String SPEC_VERSION = "ce_specversion";
    /** Identity, {@code <job>/<incarnation>/<step>/<kind>/<n>}: equal for repeats of one record, and only for them. */
    public static final String ID = "ce_id";
    /** The message's kind and version. */
    public static final String TYPE = "ce_type";
    /** Who says it. */
    public static final String SOURCE = "ce_source";
    /** When it was made, ISO 8601 in UTC. */
    public static final String TIME = "ce_time";
    /** The value's form, see {@link ContentType}. */
    public static final String CONTENT_TYPE = "content-type";
    /** The job's name. */
    public static final String JOB = "fc-job";
    /** The job's incarnation. */
    public static final String INCARNATION = "fc-incarnation";
    /** The step, decimal. */
    public static final String STEP = "fc-step";
    /** Why a record was refused, a name from the closed list. */
    public static final String REASON = "fc-reason";
    /** Topic that a dead letter was read from. */
    public static final String ERROR_TOPIC = "__connect.errors.topic";
    /** Partition that a dead letter was read from. */
    public static final String ERROR_PARTITION = "__connect.errors.partition";
    /** Offset that a dead letter was read from. */
    public static final String ERROR_OFFSET = "__connect.errors.offset";
    /** What refused it. */
    public static final String ERROR_CLASS = "__connect.errors.exception.class.name";
    /** Why, in words. */
    public static final String ERROR_MESSAGE = "__connect.errors.exception.message";

    private HeaderNames() {}
}
