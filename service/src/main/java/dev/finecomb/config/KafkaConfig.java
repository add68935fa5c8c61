package dev.finecomb.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The broker and the job's names in it.
 *
 * @param bootstrapServers {@code host:port} pairs, separated by commas
 * @param names the words of which topics, group and transactional id are made
 * @param startOffset where a job without any committed offset begins
 * @param timeouts how long the broker is waited for
 * @param delivery how often an output becomes visible
 * @param clients what every Kafka client is told beside, security above all
 */
public record KafkaConfig(
        @Setting(
                doc = "Kafka brokers to start from",
                pattern = "[^\\s,]+:\\d{1,5}(\\s*,\\s*[^\\s,]+:\\d{1,5})*",
                remedy = "name the brokers as host:port, separated by commas, such as localhost:9092",
                resumable = true)
        String bootstrapServers,

        @Inline Names names,

        @Setting(doc = "Where a first start begins", defaultValue = "earliest", resumable = true)
        StartOffset startOffset,

        @Inline Timeouts timeouts,

        @Setting(
                doc = "How often an output becomes visible; at-least-once is for brokers without transactions",
                defaultValue = "exactly-once",
                resumable = true)
        Delivery delivery,

        @Inline Clients clients) {

    /** How often an output becomes visible. */
    public enum Delivery {
        /** Once, with the positions, in one transaction. */
        EXACTLY_ONCE,
        /** Once or more, before the positions; needs no transactions, but keeps two owners of a job apart no more. */
        AT_LEAST_ONCE
    }

    /** Where a job without any committed offset begins to read. */
    public enum StartOffset {
        /** At the oldest record that the topic still holds. */
        EARLIEST,
        /** At the next record that arrives. */
        LATEST
    }

    /**
     * The words of which topics, group and transactional id are made.
     *
     * @param prefix first word of every topic's name
     * @param job the job's name, second word of most
     * @param createTopics whether missing topics are created at the start
     */
    public record Names(
            @Setting(
                    doc = "First word of every topic, group and transactional id",
                    defaultValue = "finecomb",
                    pattern = "(?![.])[a-zA-Z0-9._-]{1,60}(?<![.])",
                    remedy = "use letters, digits, '.', '_' and '-' only, 60 at most, no dot at either end",
                    resumable = true)
            String prefix,

            @Setting(
                    doc = "The job's name",
                    pattern = "[a-z0-9-]{1,50}",
                    remedy =
                            "give the job a name of lower-case letters, digits and '-', 50 characters at most, such as digits-2-4",
                    resumable = true)
            String job,

            @Setting(doc = "Create missing topics at the start", defaultValue = "false", resumable = true)
            boolean createTopics) {}

    /**
     * How long the broker is waited for.
     *
     * @param transactionTimeout after which the broker aborts an open transaction; at most its own limit, 15 minutes by
     * default
     * @param connectTimeout how long the start tries a broker that does not answer
     */
    public record Timeouts(
            @Setting(
                    doc = "After which the broker aborts an open transaction",
                    defaultValue = "60s",
                    min = 1,
                    max = 3600,
                    remedy = "stay below the broker's transaction.max.timeout.ms, 15m by default",
                    resumable = true)
            Duration transactionTimeout,

            @Setting(
                    doc = "How long the start tries a broker that does not answer",
                    defaultValue = "30s",
                    min = 0,
                    max = 86400,
                    resumable = true)
            Duration connectTimeout) {}

    /**
     * What every Kafka client is told beside.
     *
     * @param properties passed to every Kafka client as they are; may hold secrets, so never print them
     * @param propertiesFile holds more of them, none of which is in {@code properties} too
     */
    public record Clients(
            @Setting(doc = "Properties passed to the Kafka clients", resumable = true)
            Map<String, String> properties,

            @Setting(
                    doc = "A file of more such properties, for a mounted secret",
                    remedy =
                            "give the path of a file of KEY=VALUE lines, such as /etc/finecomb/kafka/client.properties",
                    resumable = true)
            Optional<Path> propertiesFile) {
        /** Copies the properties. */
        public Clients {
            properties = Map.copyOf(properties);
        }

        /** Without a file. */
        public static Clients of(Map<String, String> properties) {
            return new Clients(properties, Optional.empty());
        }

        /** Without the properties' values, which may be secrets. */
        @Override
        public String toString() {
            return "Clients[properties=" + properties.keySet() + ", propertiesFile=" + propertiesFile + "]";
        }
    }

    /** First word of every topic's name. */
    public String prefix() {
        return names.prefix();
    }

    /** The job's name. */
    public String job() {
        return names.job();
    }

    /** Whether missing topics are created at the start. */
    public boolean createTopics() {
        return names.createTopics();
    }

    /** After which the broker aborts an open transaction. */
    public Duration transactionTimeout() {
        return timeouts.transactionTimeout();
    }

    /** How long the start tries a broker that does not answer before it gives up. */
    public Duration connectTimeout() {
        return timeouts.connectTimeout();
    }
}
