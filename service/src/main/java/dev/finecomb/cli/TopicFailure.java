package dev.finecomb.cli;

import dev.finecomb.ingest.RestartLaterException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;

/** What a look at the topics that failed means to whoever gave the command. */
final class TopicFailure {
    private TopicFailure() {}

    /** The client's own failure where there is one: the service's words for it name settings that the
     * command has not, but those for a missing right say it all. */
    static CommandFailure of(BrokerOptions broker, Exception failure) throws CommandFailure {
        if (failure.getCause() instanceof KafkaException client && !(client instanceof AuthorizationException)) {
            return broker.failure(client);
        }
        ExitCode code = failure instanceof RestartLaterException ? ExitCode.RETRY : ExitCode.CONFIGURATION;
        return new CommandFailure(code, String.valueOf(failure.getMessage()), failure);
    }
}
