package dev.finecomb.ledger;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;

/** Every output is a message that decodes, of this job. */
final class MessageCheck {
    private final String job;
    private final Violations violations = new Violations();
    private long messages;

    MessageCheck(String job) {
        this.job = job;
    }

    void read() {
        messages++;
    }

    void malformed(LedgerRecord record, MalformedMessageException complaint) {
        violations.add(record.where() + " can't be understood: " + complaint.getMessage());
    }

    /** The message and its headers must tell the same origin. */
    void origin(LedgerRecord record, Origin origin, CloudEvent event) {
        if (!origin.equals(event.origin())) {
            violations.add(record.where() + " tells of " + origin + ", its headers of " + event.origin());
        }
        job(record, origin);
    }

    void job(LedgerRecord record, Origin origin) {
        if (!origin.job().equals(job)) {
            violations.add(record.where() + " is of job " + origin.job());
        }
    }

    Finding finding() {
        return violations.finding("messages", messages + " records of the job's output topics");
    }
}
