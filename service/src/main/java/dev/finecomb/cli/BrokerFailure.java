package dev.finecomb.cli;

import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What a broker's failure means for whoever gave the command. */
final class BrokerFailure {
    private BrokerFailure() {}

    /** The command's failure: 75 where asking again may help, else 78. */
    static CommandFailure of(Map<String, Object> properties, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Object servers = properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        boolean unresolved = root instanceof ConfigException
                && String.valueOf(root.getMessage()).contains(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        if (root instanceof UnknownTopicOrPartitionException) {
            return new CommandFailure(
                    ExitCode.RETRY,
                    "The broker at " + servers
                            + " has no such topic: check --job and --prefix, or start the job first.",
                    failure);
        }
        if (failure instanceof RetriableException || unresolved) {
            return new CommandFailure(
                    ExitCode.RETRY,
                    "No answer from " + servers + ": " + root.getMessage()
                            + ". Check the address and that the broker is up, then ask again.",
                    failure);
        }
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                "The broker at " + servers + " can't be asked: " + root
                        + ". Check the client properties and the user's rights.",
                failure);
    }
}
