package dev.finecomb.publish;

/** What became of a commit, named by what is known afterwards and so by what the caller has to do. */
public sealed interface CommitOutcome {
    /** Everything is visible, positions and pointer with it. */
    record Committed() implements CommitOutcome {}

    /**
     * For certain nothing of it is visible, and the broker does not take it now. The same commit may be tried again as
     * often as wanted; until then the process is not ready, but alive.
     */
    record Unavailable(String detail) implements CommitOutcome {}

    /** Another process owns the job, or the broker does not accept its credentials any more: exit code 75, nothing more may be sent. */
    record OwnershipLost(String detail) implements CommitOutcome {}

    /** For certain nothing of it is visible, and no repetition will change that: exit code 78 with this message. */
    record Refused(String message) implements CommitOutcome {}

    /** It may or may not be visible: exit code 75, the restart reads the truth. */
    record Unknown(String detail) implements CommitOutcome {}
}
