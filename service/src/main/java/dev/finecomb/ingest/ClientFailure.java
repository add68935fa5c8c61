package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.security.ClientPropertiesException;
import dev.finecomb.security.JobRights;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

/** Tells what a failure of a Kafka client at the start demands: to come back later, or a person. */
public final class ClientFailure {
    private ClientFailure() {}

    /**
     * The exception to throw if a person is needed. A right that is missing is named with the command that grants it.
     *
     * @param what could not be done, the beginning of the message
     * @throws BrokerUnreachableException instead, if the broker did not answer or its name was not found
     */
    public static OperatorNeededException of(KafkaConfig config, String what, Throwable failure)
            throws BrokerUnreachableException {
        Throwable root = rootOf(failure);
        if (root instanceof ClientPropertiesException unusable) {
            return new OperatorNeededException(String.valueOf(unusable.getMessage()), failure);
        }
        if (failure instanceof RetriableException || isUnresolved(root)) {
            throw new BrokerUnreachableException(config.bootstrapServers(), config.connectTimeout(), failure);
        }
        return new OperatorNeededException(what + ": " + remedy(config, failure), failure);
    }

    private static String remedy(KafkaConfig config, Throwable failure) {
        return JobRights.ofService(config)
                .explain(failure, AclOperation.READ)
                .orElseGet(() -> rootOf(failure)
                        + ". Check finecomb.kafka.properties, finecomb.kafka.properties-file and the user's rights.");
    }

    /**
     * The same for a client that the brokers served before. Credentials that they accept no longer may have been replaced
     * where they are read at a start, so they demand another start first.
     *
     * @throws RestartLaterException instead, if the broker did not answer or does not accept the credentials any more
     */
    public static OperatorNeededException whileRunning(KafkaConfig config, String what, KafkaException failure)
            throws RestartLaterException {
        if (failure instanceof AuthenticationException refused) {
            throw credentialsRefused(what, refused);
        }
        return of(config, what, failure);
    }

    /** The demand for another start, which reads credentials anew. */
    static RestartLaterException credentialsRefused(String what, AuthenticationException refused) {
        return new RestartLaterException(
                what + ": the broker does not accept this client's credentials any more (" + refused.getMessage()
                        + "). The next start reads them anew; put those in force into finecomb.kafka.properties or the file"
                        + " of finecomb.kafka.properties-file.",
                refused);
    }

    /**
     * What a client's own exception for an interrupted thread is elsewhere in Java: a request to stop, and no failure. The
     * client has set the thread's flag again; here it is cleared, as by whatever throws the result.
     */
    public static InterruptedException interruption(InterruptException told) {
        Thread.interrupted();
        var interrupted = new InterruptedException(told.getMessage());
        interrupted.initCause(told);
        return interrupted;
    }

    /** The form of the addresses was validated before, so a complaint about them means the name service. */
    private static boolean isUnresolved(Throwable root) {
        return root instanceof ConfigException
                && String.valueOf(root.getMessage()).contains(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
    }

    /** The innermost cause: the client's outer messages say little. */
    public static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
