package dev.finecomb.protocol.message;

import dev.finecomb.protocol.json.WireName;

/** The job's state as messages, meters and the status page name it. */
public enum JobPhase implements WireName {
    /** Finding out where the job stands; not training. */
    RESTORING("restoring"),
    /** Training, before the first removal is due. */
    LEARNING("learning"),
    /** Training while combinations are removed. */
    REMOVING("removing"),
    /** Training under final masks. */
    SETTLING("settling"),
    /** Writing and proving the finished model. */
    EXPORTING("exporting"),
    /** The finished model was announced. */
    FINALIZED("finalized"),
    /** Halted by a command. */
    PAUSED("paused"),
    /** Ended by an error. */
    FAILED("failed");

    private final String wireName;

    JobPhase(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }
}
