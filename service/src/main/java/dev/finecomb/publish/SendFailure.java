package dev.finecomb.publish;

import dev.finecomb.security.JobRights;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * What went wrong first in a transaction; what follows it is only its echo.
 *
 * @param where the record or the step of the conversation
 */
record SendFailure(String where, Throwable error) {
    static SendFailure of(OutputRecord record, Throwable error) {
        String where = "topic " + record.topic() + ", a record of " + record.bytes() + " bytes";
        return new SendFailure(where, error);
    }

    Reaction reaction() {
        return Reaction.to(error);
    }

    /** One line for a log or an exit message. */
    String detail() {
        return where + ": " + error;
    }

    /** The same with what to do about it. */
    String detailWithRemedy(JobRights rights) {
        return detail() + ". " + explanation(rights).orElseGet(this::remedy);
    }

    /** What right is missing; empty if the broker refused for another reason, or not at all. */
    Optional<String> explanation(JobRights rights) {
        return rights.explain(error, AclOperation.WRITE);
    }

    private String remedy() {
        return switch (error) {
            case RecordTooLargeException tooLarge ->
                "Raise max.message.bytes of that topic, for example with"
                        + " kafka-configs.sh --alter --entity-type topics --entity-name <topic> --add-config"
                        + " max.message.bytes=<bytes>, and max.request.size if the configuration sets it.";
            case CommitFailedException members -> FOREIGN_MEMBERS;
            case UnknownMemberIdException members -> FOREIGN_MEMBERS;
            case IllegalGenerationException members -> FOREIGN_MEMBERS;
            default -> "Mend the topic's or the client's configuration; a restart alone will meet the same answer.";
        };
    }

    private static final String FOREIGN_MEMBERS =
            "Another consumer is a member of the job's group. Stop it or give it a"
                    + " group of its own; this group only keeps the job's positions.";
}
