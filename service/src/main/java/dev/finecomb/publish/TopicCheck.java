package dev.finecomb.publish;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.ClientFailure;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at the job's topics before anything is trained: creates missing ones if the configuration says so, else names
 * them all in one error, and refuses topics that would lose data.
 */
public final class TopicCheck {
    private static final Duration VISIBLE_WAIT = Duration.ofMillis(50);

    private final KafkaConfig config;
    private final List<TopicRule> rules;

    /** The check of the topics of the configured job. */
    public TopicCheck(KafkaConfig config, IngestConfig ingest) {
        this.config = config;
        this.rules = TopicRule.of(new Topics(config.prefix(), config.job()), ingest);
    }

    /**
     * Checks, and creates where that is wanted.
     *
     * @throws BrokerUnreachableException if no broker answers within the configured time
     * @throws OperatorNeededException with all problems and their remedies at once
     */
    public void run() throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            Admin admin = Admin.create(ClientSettings.admin(config));
            try {
                check(admin);
            } finally {
                // An unlimited close waits for calls that an interrupt left behind, as long as a broker is tried.
                admin.close(Duration.ZERO);
            }
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The topics cannot be checked", e);
        }
    }

    private void check(Admin admin) throws OperatorNeededException, InterruptedException {
        Map<String, TopicDescription> found = describe(admin);
        Map<String, ExistingTopic> existing = existing(admin, found);
        List<TopicRule> beside =
                rules.stream().map(rule -> rule.beside(existing)).toList();
        List<TopicRule> missing =
                beside.stream().filter(rule -> !found.containsKey(rule.name())).toList();
        List<String> problems = new ArrayList<>();
        beside.forEach(rule -> problems.addAll(rule.problems(existing)));
        beside.stream()
                .mapToInt(TopicRule::needsMessageBytes)
                .max()
                .ifPresent(largest -> problems.addAll(ProducerSettings.tooSmall(config, largest)));
        if (!config.createTopics()) {
            missing.forEach(rule -> problems.add(rule.missing(config.bootstrapServers())));
        }
        if (!problems.isEmpty()) {
            throw new OperatorNeededException(summary(problems));
        }
        create(admin, missing);
    }

    private String summary(List<String> problems) {
        return "The topics of job " + config.job() + " cannot be used:" + System.lineSeparator()
                + problems.stream()
                        .map(problem -> "  - " + problem)
                        .collect(Collectors.joining(System.lineSeparator()));
    }

    private Map<String, TopicDescription> describe(Admin admin) throws InterruptedException {
        Map<String, TopicDescription> found = new HashMap<>();
        var futures = admin.describeTopics(rules.stream().map(TopicRule::name).toList())
                .topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> future : futures.entrySet()) {
            await(future.getValue(), UnknownTopicOrPartitionException.class)
                    .ifPresent(topic -> found.put(future.getKey(), topic));
        }
        return found;
    }

    private static Map<String, ExistingTopic> existing(Admin admin, Map<String, TopicDescription> found)
            throws InterruptedException {
        Map<String, ConfigResource> resources = found.keySet().stream()
                .collect(Collectors.toMap(
                        Function.identity(), name -> new ConfigResource(ConfigResource.Type.TOPIC, name)));
        Map<ConfigResource, Config> configs = await(
                        admin.describeConfigs(resources.values()).all(), UnknownTopicOrPartitionException.class)
                .orElse(Map.of());
        Map<String, ExistingTopic> existing = new HashMap<>();
        found.forEach((name, topic) -> {
            Config settings = configs.get(resources.get(name));
            if (settings != null) {
                existing.put(name, ExistingTopic.of(topic, settings));
            }
        });
        return existing;
    }

    private void create(Admin admin, List<TopicRule> missing) throws InterruptedException {
        if (missing.isEmpty()) {
            return;
        }
        List<NewTopic> topics = missing.stream()
                .map(rule -> new NewTopic(rule.name(), Optional.of(rule.partitions()), Optional.empty())
                        .configs(rule.settings()))
                .toList();
        for (KafkaFuture<Void> created :
                admin.createTopics(topics, new CreateTopicsOptions()).values().values()) {
            await(created, TopicExistsException.class);
        }
        awaitVisible(admin);
    }

    /**
     * Brokers learn of a new topic from the controller a moment after its creation is answered, and no request waits for
     * that: a description asked for too early says that there is no such topic.
     */
    private void awaitVisible(Admin admin) throws InterruptedException {
        long tries = Math.max(1, config.connectTimeout().dividedBy(VISIBLE_WAIT));
        while (describe(admin).size() < rules.size()) {
            if (--tries < 0) {
                throw new TimeoutException("created topics did not become visible");
            }
            TimeUnit.MILLISECONDS.sleep(VISIBLE_WAIT.toMillis());
        }
    }

    /** The future's value, or empty if it failed in the expected way. */
    private static <T> Optional<T> await(KafkaFuture<T> future, Class<? extends KafkaException> expected)
            throws InterruptedException {
        try {
            return Optional.ofNullable(future.get());
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
