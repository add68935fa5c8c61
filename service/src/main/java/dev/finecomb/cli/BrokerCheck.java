package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.publish.TopicCheck;
import dev.finecomb.publish.TopicReport;
import dev.finecomb.security.Grant;
import dev.finecomb.security.JobRights;
import dev.finecomb.security.Role;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the doctor asks a broker. Changes nothing of the job's: transactions are tried with an id of their own, for the job's
 * would end a running job.
 */
final class BrokerCheck {
    private final BrokerOptions broker;
    private final TopicOptions options;
    private final Consumer<Diagnosis> tell;

    BrokerCheck(BrokerOptions broker, TopicOptions options, Consumer<Diagnosis> tell) {
        this.broker = broker;
        this.options = options;
        this.tell = tell;
    }

    void run() throws CommandFailure, InterruptedException {
        Admin admin;
        try {
            admin = Admin.create(broker.patientProperties());
        } catch (KafkaException e) {
            tell.accept(Diagnosis.of("broker", broker.failure(e)));
            return;
        }
        try {
            ask(admin);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private void ask(Admin admin) throws CommandFailure, InterruptedException {
        Diagnosis cluster = cluster(admin);
        tell.accept(cluster);
        if (cluster.verdict().compareTo(Diagnosis.Verdict.WARN) > 0) {
            tell.accept(
                    Diagnosis.warn("topics", "not looked at, nor transactions and rights: the broker can't be asked"));
            return;
        }
        boolean exactlyOnce = broker.kafka().delivery() == KafkaConfig.Delivery.EXACTLY_ONCE;
        if (exactlyOnce) {
            tell.accept(transactions());
        } else {
            tell.accept(Diagnosis.ok("transactions", "not needed: kafka.delivery is at-least-once"));
        }
        Diagnosis rights = rights(admin);
        tell.accept(rights);
        if (rights.verdict() != Diagnosis.Verdict.OK) {
            tell.accept(Diagnosis.warn("topics", "not looked at, nor the job's owner: the rights to do so come first"));
            return;
        }
        if (exactlyOnce) {
            tell.accept(owner(admin));
        }
        topics();
    }

    private Diagnosis cluster(Admin admin) throws CommandFailure, InterruptedException {
        try {
            DescribeClusterResult cluster = admin.describeCluster();
            int nodes = cluster.nodes().get().size();
            String id = cluster.clusterId().get();
            return Diagnosis.ok(
                    "broker", nodes + (nodes == 1 ? " node" : " nodes") + ", cluster " + id + features(admin));
        } catch (ExecutionException e) {
            return Diagnosis.of("broker", broker.failure(e));
        }
    }

    /** What the cluster speaks, as its operators know it; empty for brokers that can't be asked. */
    private static String features(Admin admin) throws InterruptedException {
        try {
            FeatureMetadata features =
                    admin.describeFeatures().featureMetadata().get();
            return new TreeMap<>(features.finalizedFeatures())
                    .entrySet().stream()
                            .map(feature -> ", " + feature.getKey() + " "
                                    + feature.getValue().maxVersionLevel())
                            .collect(Collectors.joining());
        } catch (ExecutionException e) {
            return ", features unknown (" + e.getCause() + ")";
        }
    }

    /** Asks for a producer id under a transactional id of the doctor's own, with the job's timeout; sends nothing. */
    private Diagnosis transactions() throws CommandFailure {
        Topics topics = broker.topics();
        String id = Role.trialId(topics);
        Duration timeout = broker.kafka().transactionTimeout();
        Map<String, Object> settings = new HashMap<>(broker.patientProperties());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout.toMillis());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, broker.timeout().toMillis());
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        try (var producer = new KafkaProducer<byte[], byte[]>(settings)) {
            producer.initTransactions();
            return Diagnosis.ok("transactions", "work, with a timeout of " + timeout.toSeconds() + " s");
        } catch (AuthorizationException e) {
            return Diagnosis.warn(
                    "transactions",
                    "not tried: this user has no right to write with the transactional id " + id
                            + ", which is the doctor's own; the service does without it");
        } catch (UnsupportedVersionException e) {
            return Diagnosis.fail(
                    "transactions", "not supported by this broker; set finecomb.kafka.delivery: at-least-once");
        } catch (InvalidTxnTimeoutException e) {
            return Diagnosis.fail(
                    "transactions",
                    "the broker allows no timeout of " + timeout.toSeconds()
                            + " s; lower finecomb.kafka.transaction-timeout, or raise its transaction.max.timeout.ms");
        } catch (KafkaException e) {
            return Diagnosis.of("transactions", broker.failure(e));
        }
    }

    /** Who uses the job's transactional id; reads only. */
    private Diagnosis owner(Admin admin) throws CommandFailure, InterruptedException {
        String id = broker.topics().owner();
        try {
            TransactionDescription found =
                    admin.describeTransactions(List.of(id)).description(id).get();
            return Diagnosis.ok(
                    "owner",
                    "transactional id " + id + " is " + found.state() + ", epoch " + found.producerEpoch()
                            + "; a start takes it over and ends a process that runs the job");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransactionalIdNotFoundException) {
                return Diagnosis.ok("owner", "no process has used the transactional id " + id + " yet");
            }
            return Diagnosis.of("owner", broker.failure(e));
        }
    }

    /** Tells of each topic. */
    private void topics() throws CommandFailure, InterruptedException {
        IngestConfig ingest = options.ingest(broker);
        List<TopicReport> reports;
        try {
            reports = new TopicCheck(broker.kafka(), ingest, options.layout(broker)).look();
        } catch (RestartLaterException | OperatorNeededException e) {
            tell.accept(Diagnosis.of("topics", TopicFailure.of(broker, e)));
            return;
        }
        boolean made = broker.settings()
                .map(FinecombConfig::kafka)
                .map(KafkaConfig::createTopics)
                .orElse(false);
        for (TopicReport report : reports) {
            String name = report.plan().name();
            if (report.found().isPresent()) {
                tell.accept(found(report));
            } else if (made) {
                tell.accept(Diagnosis.ok("topic", name + " does not exist; the service makes it when it starts"));
            } else {
                tell.accept(Diagnosis.fail(
                        "topic",
                        name + " does not exist; create it by finecomb topics create, or set"
                                + " finecomb.kafka.create-topics: true"));
            }
        }
    }

    private static Diagnosis found(TopicReport report) {
        if (!report.problems().isEmpty()) {
            return Diagnosis.fail("topic", String.join("; ", report.problems()));
        }
        return report.advice().isEmpty()
                ? Diagnosis.ok(
                        "topic",
                        report.plan().name() + ": "
                                + TopicsShowCommand.describe(report.found().orElseThrow()))
                : Diagnosis.warn("topic", String.join("; ", report.advice()));
    }

    private Diagnosis rights(Admin admin) throws CommandFailure, InterruptedException {
        var rights = JobRights.ofService(broker.kafka());
        try {
            SortedSet<Grant> missing = rights.missing(admin);
            return missing.isEmpty()
                    ? Diagnosis.ok("rights", "the broker grants this user what the service needs, as far as it tells")
                    : Diagnosis.fail("rights", rights.message(missing));
        } catch (KafkaException e) {
            return Diagnosis.of("rights", broker.failure(e));
        }
    }
}
