package dev.finecomb.ingest;

import java.time.Duration;

/** No broker answered within the configured time. */
public final class BrokerUnreachableException extends RestartLaterException {
    private static final long serialVersionUID = 1L;

    /** Takes {@code host:port} pairs, how long they were tried and what the client reported last. */
    public BrokerUnreachableException(String bootstrapServers, Duration tried, Throwable cause) {
        super(
                "No Kafka broker answered at " + bootstrapServers + " within " + tried.toMillis()
                        + " ms. Check finecomb.kafka.bootstrap-servers, the network and the security properties;"
                        + " finecomb.kafka.connect-timeout is how long it is tried.",
                cause);
    }
}
