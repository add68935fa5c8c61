package dev.finecomb.ledger;

import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.MaskSubscriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of a job's topics, committed records only, and says check by check whether the promises of exactly-once training
 * hold. The job may be at rest or running; of a running one is judged what was committed when the reading began.
 *
 * <p>Reads only, joins no group, and keeps counts rather than records: a few bytes a step and an input record.
 */
public final class Ledger {
    /** How Kafka says that addresses are well formed, and that no name in them is known now. */
    private static final String UNRESOLVED = "No resolvable bootstrap urls";

    private Ledger() {}

    /**
     * What is held against a job.
     *
     * @param delivery how often its outputs become visible
     * @param models where its announced models are read
     */
    public record Promise(Delivery delivery, ModelFiles models) {}

    /** Audits one job that promises exactly-once, and whose model lies on this machine, if anywhere in reach. */
    public static LedgerReport audit(Map<String, Object> clientProperties, Topics topics, Duration timeout)
            throws LedgerUnavailableException, LedgerAccessException, InterruptedException {
        return audit(clientProperties, topics, new Promise(Delivery.EXACTLY_ONCE, ModelFiles.LOCAL), timeout);
    }

    /**
     * Audits one job.
     *
     * @param clientProperties properties of Kafka clients: {@code bootstrap.servers} and whatever security the cluster asks
     *     for
     * @param promise what the job promises, and where its models are read
     * @param timeout how long the broker, and an open transaction that hides a topic's end, is waited for
     * @throws LedgerUnavailableException if the broker does not answer within the timeout
     * @throws LedgerAccessException if it refuses, or the properties are impossible
     */
    public static LedgerReport audit(
            Map<String, Object> clientProperties, Topics topics, Promise promise, Duration timeout)
            throws LedgerUnavailableException, LedgerAccessException, InterruptedException {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, topics.owner() + "-ledger");
        try (Broker broker = new Broker(properties, topics, timeout)) {
            return audit(broker, properties, new Job(topics, promise), timeout);
        } catch (ExecutionException e) {
            throw failure(properties, e.getCause() == null ? e : e.getCause());
        } catch (InterruptException e) {
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        } catch (KafkaException e) {
            throw failure(properties, e);
        }
    }

    private record Job(Topics topics, Promise promise) {}

    private static LedgerReport audit(Broker broker, Map<String, Object> properties, Job job, Duration timeout)
            throws ExecutionException, InterruptedException {
        Topics topics = job.topics();
        Committed before = broker.committed();
        List<String> names = Audit.reading(topics);
        Map<String, Set<TopicPartition>> existing = broker.existing(names);
        if (existing.size() < names.size()) {
            return Audit.unread(topics, missing(topics, names, existing.keySet()));
        }
        Set<TopicPartition> partitions = new HashSet<>();
        existing.values().forEach(partitions::addAll);
        Bounds bounds = broker.bounds(partitions);
        var audit = new Audit(topics, job.promise().delivery(), job.promise().models(), before, bounds);
        List<String> unread = read(audit, names, bounds, properties, timeout);
        return unread.isEmpty() ? audit.report(broker.committed()) : Audit.unread(topics, unread);
    }

    private static List<String> missing(Topics topics, List<String> names, Set<String> existing) {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (!existing.contains(name)) {
                missing.add("topic " + name + " does not exist");
            }
        }
        boolean hasNone = names.stream()
                .filter(name -> name.startsWith(topics.owner() + "."))
                .noneMatch(existing::contains);
        if (hasNone) {
            missing.addFirst("Is the job's name \"" + topics.job() + "\", and its prefix \"" + topics.prefix() + "\"?");
        }
        return missing;
    }

    private static List<String> read(
            Audit audit, List<String> names, Bounds bounds, Map<String, Object> properties, Duration timeout) {
        List<String> unread = new ArrayList<>();
        var consumer =
                new KafkaConsumer<byte @Nullable [], byte @Nullable []>(MaskSubscriber.consumerProperties(properties));
        try {
            var scan = new TopicScan(consumer, timeout);
            for (String topic : names) {
                Map<TopicPartition, Long> ends = bounds.partitions(topic).stream()
                        .collect(Collectors.toMap(
                                Function.identity(), partition -> bounds.ends().getOrDefault(partition, 0L)));
                unread.addAll(scan.read(ends, audit::accept));
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
        return unread;
    }

    private static LedgerAccessException failure(Map<String, Object> properties, Throwable failure)
            throws LedgerUnavailableException {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Object servers = properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        boolean unresolved = root instanceof ConfigException
                && String.valueOf(root.getMessage()).contains(UNRESOLVED);
        if (failure instanceof RetriableException || unresolved) {
            throw new LedgerUnavailableException(
                    "No answer from " + servers + ": " + root.getMessage()
                            + ". Check the address and that the broker is up, then ask again.",
                    failure);
        }
        return new LedgerAccessException(
                "The broker at " + servers + " can't be asked: " + root
                        + ". Check the client properties and the user's rights.",
                failure);
    }
}
