package dev.finecomb.ledger;

import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The events: every incarnation begins with {@code started}, and each removal leaves fewer survivors than the one before. */
final class EventCheck {
    private static final String NAME = "events";

    /** Detail of {@code started}: how many samples a step takes, where steps are cut from samples. */
    private static final String BATCH_SIZE = "batchSize";

    private final boolean trimmed;
    private final Violations violations = new Violations();
    private final Set<String> incarnations = new HashSet<>();
    private String incarnation = "";
    private long survivors = Long.MAX_VALUE;
    private long removals;
    private long count;
    private BatchMode mode = BatchMode.RECORDS;
    private Optional<JobEvent> finalized = Optional.empty();

    /** @param trimmed whether the topic's oldest records are deleted already */
    EventCheck(boolean trimmed) {
        this.trimmed = trimmed;
    }

    void accept(LedgerRecord record, JobEvent event) {
        count++;
        if (!event.origin().incarnation().equals(incarnation)) {
            begin(record, event);
        } else if (event.kind() == EventKind.STARTED) {
            violations.add(record.where() + " starts incarnation " + incarnation + " again");
        }
        switch (event.kind()) {
            case STARTED -> mode = event.details().containsKey(BATCH_SIZE) ? BatchMode.SAMPLES : BatchMode.RECORDS;
            case REMOVED -> removed(record, event);
            case FINALIZED -> finalized = Optional.of(event);
            case RESUMED, SNAPSHOT_PUBLISHED, PAUSED, REWOUND, FAILED, COMMAND_APPLIED, COMMAND_REFUSED -> {}
        }
    }

    private void begin(LedgerRecord record, JobEvent event) {
        boolean first = incarnations.isEmpty();
        if (!incarnations.add(event.origin().incarnation())) {
            violations.add(record.where() + " is of incarnation "
                    + event.origin().incarnation() + " again after " + incarnation);
        } else if (event.kind() != EventKind.STARTED && !(first && trimmed)) {
            violations.add(record.where() + " is the first event of incarnation "
                    + event.origin().incarnation() + ", but is \""
                    + event.kind().wireName() + "\", not \"started\"");
        }
        incarnation = event.origin().incarnation();
        survivors = Long.MAX_VALUE;
        finalized = Optional.empty();
    }

    private void removed(LedgerRecord record, JobEvent event) {
        removals++;
        if (event.details().get("survivors") instanceof Scalar.Whole(long left)) {
            if (left >= survivors) {
                violations.add(record.where() + " leaves " + left + " survivors after " + survivors);
            }
            survivors = left;
        } else {
            violations.add(record.where() + " does not say how many survivors are left");
        }
    }

    /** Whether the newest incarnation's steps are cut from samples. */
    BatchMode mode() {
        return mode;
    }

    /** The newest incarnation's last announcement of a model. */
    Optional<JobEvent> finalized() {
        return finalized;
    }

    Finding finding() {
        if (count == 0) {
            return trimmed
                    ? Finding.skipped(NAME, "retention has deleted all events")
                    : Finding.skipped(NAME, "there is no event");
        }
        return violations.finding(
                NAME,
                count + " events, " + removals + " removals"
                        + finalized
                                .map(event ->
                                        ", finalized at step " + event.origin().step())
                                .orElse(", not finalized")
                        + (trimmed ? "; retention has deleted older ones" : ""));
    }
}
