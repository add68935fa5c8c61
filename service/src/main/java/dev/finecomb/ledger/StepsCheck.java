package dev.finecomb.ledger;

import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.StepMetrics;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The steps of the metrics topic: without a gap, each once, in order, one incarnation after the other. */
final class StepsCheck {
    private static final String NAME = "steps";

    private final boolean trimmed;
    private final Violations violations = new Violations();
    private final Set<String> incarnations = new HashSet<>();
    private String incarnation = "";
    private long firstStep;
    private long lastStep;
    private long count;

    /** @param trimmed whether the topic's oldest records are deleted already */
    StepsCheck(boolean trimmed) {
        this.trimmed = trimmed;
    }

    void accept(LedgerRecord record, StepMetrics metrics) {
        long step = metrics.origin().step();
        if (!metrics.origin().incarnation().equals(incarnation)) {
            begin(record, metrics.origin().incarnation(), step);
        } else if (step <= lastStep) {
            violations.add(record.where() + " tells of step " + step + " after step " + lastStep);
        } else if (step > lastStep + 1) {
            violations.add(record.where() + " tells of step " + step + ", but steps " + (lastStep + 1) + " to "
                    + (step - 1) + " are missing");
        }
        lastStep = Math.max(lastStep, step);
        count++;
    }

    private void begin(LedgerRecord record, String next, long step) {
        boolean first = incarnations.isEmpty();
        if (!incarnations.add(next)) {
            violations.add(record.where() + " tells of incarnation " + next + " again after " + incarnation);
        } else if (step != 1 && !(first && trimmed)) {
            violations.add(record.where() + " is the first of incarnation " + next + ", but tells of step " + step
                    + ": steps 1 to " + (step - 1) + " are missing");
        }
        incarnation = next;
        firstStep = step;
        lastStep = step;
    }

    Finding finding(Standing standing) {
        if (count == 0 && trimmed) {
            return Finding.skipped(NAME, "retention has deleted all metrics");
        }
        requireCommitted(standing);
        String figures = count == 0
                ? "no step yet"
                : count + " metrics, steps " + firstStep + " to " + lastStep + " of incarnation " + incarnation
                        + (trimmed ? "; retention has deleted older ones" : "");
        return violations.finding(NAME, figures);
    }

    private void requireCommitted(Standing standing) {
        Optional<CheckpointPointer> before = standing.pointerBefore();
        Optional<CheckpointPointer> after = standing.pointerAfter();
        if (before.isEmpty() || after.isEmpty()) {
            return;
        }
        long least = newest(before.get());
        long most = newest(after.get());
        if (before.get().origin().step() > least) {
            violations.add("step " + before.get().origin().step() + " of incarnation "
                    + before.get().origin().incarnation() + " is committed, the newest metrics tell of step " + lastStep
                    + " of incarnation " + incarnation);
        } else if (after.get().origin().step() < most && !standing.mayRunAhead()) {
            violations.add("step " + after.get().origin().step() + " is committed, but metrics tell of step " + lastStep
                    + " already");
        }
    }

    /** The newest step that the metrics tell of the pointer's incarnation. */
    private long newest(CheckpointPointer pointer) {
        return pointer.origin().incarnation().equals(incarnation) ? lastStep : 0;
    }
}
