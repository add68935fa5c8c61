package dev.finecomb.protocol.message;

import dev.finecomb.protocol.json.WireName;
import java.util.List;

/** What can happen to a job, and which details each kind of event must tell. More details are always allowed. */
public enum EventKind implements WireName {
    /** A new incarnation began at step 0. */
    STARTED("started"),
    /** The job went on: after a restart from {@code checkpoint} (its sequence), or after a pause without it. */
    RESUMED("resumed"),
    /** Every group dropped to fewer survivors: {@code survivors}, {@code density}. */
    REMOVED("removed"),
    /** A mask snapshot is complete in the masks topic: {@code version}, {@code state}. */
    SNAPSHOT_PUBLISHED("snapshot-published"),
    /** A command halted the job. */
    PAUSED("paused"),
    /** The finished model was proven and announced: {@code location}. */
    FINALIZED("finalized"),
    /** An older checkpoint replaced a damaged one: {@code fromCheckpoint}, {@code toCheckpoint} (sequences). */
    REWOUND("rewound"),
    /** The job ends with an error: {@code reason}, {@code exitCode}. */
    FAILED("failed"),
    /** A command took effect at the event's step: {@code commandId}, {@code verb}. */
    COMMAND_APPLIED("command-applied"),
    /** A command was not obeyed: {@code commandId}, {@code reason}. */
    COMMAND_REFUSED("command-refused");

    private final String wireName;

    EventKind(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }

    /** Names of the details that an event of this kind must tell. */
    public List<String> details() {
        return switch (this) {
            case STARTED, RESUMED, PAUSED -> List.of();
            case REMOVED -> List.of("survivors", "density");
            case SNAPSHOT_PUBLISHED -> List.of("version", "state");
            case FINALIZED -> List.of("location");
            case REWOUND -> List.of("fromCheckpoint", "toCheckpoint");
            case FAILED -> List.of("reason", "exitCode");
            case COMMAND_APPLIED -> List.of("commandId", "verb");
            case COMMAND_REFUSED -> List.of("commandId", "reason");
        };
    }
}
