package dev.finecomb.publish;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.ClientFailure;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.Grant;
import dev.finecomb.security.JobRights;
import dev.finecomb.security.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks at the job's topics before anything is trained: creates missing ones if the configuration says so, else names
 * them all in one error, and refuses topics that would lose data.
 */
public final class TopicCheck {
    private static final Duration LEADERS_WAIT = Duration.ofMillis(50);

    private final KafkaConfig config;
    private final TopicLayout layout;
    private final List<TopicRule> rules;
    private final JobRights rights;

    /** What is done with an open administrator. */
    @FunctionalInterface
    private interface Visit<T> {
        T with(Admin admin) throws OperatorNeededException, InterruptedException;
    }

    /** The check of the topics of the configured job. */
    public TopicCheck(KafkaConfig config, IngestConfig ingest) {
        this(config, ingest, TopicLayout.DEFAULT);
    }

    /** The same; what is created is laid out like that. */
    public TopicCheck(KafkaConfig config, IngestConfig ingest, TopicLayout layout) {
        this.config = config;
        this.layout = layout;
        this.rights = JobRights.ofService(config);
        this.rules = TopicRule.of(new Topics(config.prefix(), config.job()), ingest, layout);
    }

    /**
     * Checks, and creates where that is wanted.
     *
     * @throws BrokerUnreachableException if no broker answers within the configured time
     * @throws OperatorNeededException with all problems and their remedies at once
     */
    public void run() throws RestartLaterException, OperatorNeededException, InterruptedException {
        List<String> _ = visit(this::check);
    }

    /**
     * Creates what is missing, whatever the configuration says of that, once nothing is wrong with what exists.
     *
     * @return the names of the topics that were missing
     * @throws BrokerUnreachableException if no broker answers within the configured time
     * @throws OperatorNeededException with all problems and their remedies at once
     */
    public List<String> create() throws RestartLaterException, OperatorNeededException, InterruptedException {
        return visit(this::create);
    }

    /**
     * Looks, and changes nothing.
     *
     * @return what was found of every topic, in the protocol's order
     * @throws BrokerUnreachableException if no broker answers within the configured time
     * @throws OperatorNeededException if the broker refuses to tell
     */
    public List<TopicReport> look() throws RestartLaterException, OperatorNeededException, InterruptedException {
        return visit(this::reports);
    }

    private <T> T visit(Visit<T> visit) throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            Admin admin = Admin.create(ClientSettings.admin(config));
            try {
                return visit.with(admin);
            } finally {
                // An unlimited close waits for calls that an interrupt left behind, as long as a broker is tried.
                admin.close(Duration.ZERO);
            }
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The topics cannot be checked", e);
        }
    }

    private List<String> check(Admin admin) throws OperatorNeededException, InterruptedException {
        if (config.createTopics()) {
            return fill(admin, rights);
        }
        requireRights(admin, rights);
        Examined examined = examine(admin);
        List<String> problems = new ArrayList<>(examined.problems());
        examined.missing()
                .forEach(rule -> problems.add(TopicRule.missing(rule.plan(layout), config.bootstrapServers())));
        refuse(problems);
        return List.of();
    }

    private List<TopicReport> reports(Admin admin) throws OperatorNeededException, InterruptedException {
        requireRights(admin, new JobRights(config, Role.TOPIC_VIEWER));
        Map<String, ExistingTopic> existing = existing(admin, describe(admin));
        return rules.stream()
                .map(rule -> rule.beside(existing))
                .map(rule -> new TopicReport(
                        rule.plan(layout),
                        Optional.ofNullable(existing.get(rule.name())),
                        rule.problems(existing),
                        rule.advice(existing)))
                .toList();
    }

    /** What a job lacks only at its end, such as the right to announce the model, has to be known at its start. */
    private static void requireRights(Admin admin, JobRights rights)
            throws OperatorNeededException, InterruptedException {
        SortedSet<Grant> missing = rights.missing(admin);
        if (!missing.isEmpty()) {
            throw new OperatorNeededException(rights.message(missing));
        }
    }

    private List<String> create(Admin admin) throws OperatorNeededException, InterruptedException {
        return fill(admin, new JobRights(config, Role.TOPIC_CREATOR));
    }

    /**
     * In waves: a topic that has to take what another one takes is made after that one has been seen, and what somebody
     * else made meanwhile is looked at like everything else. So are the rights: of a topic that does not exist the broker does
     * not tell them.
     */
    private List<String> fill(Admin admin, JobRights rights) throws OperatorNeededException, InterruptedException {
        List<String> made = new ArrayList<>();
        while (true) {
            requireRights(admin, rights);
            Examined seen = examine(admin);
            refuse(seen.problems());
            List<TopicRule> missing = seen.missing();
            if (missing.isEmpty()) {
                return made;
            }
            Set<String> names = names(missing);
            List<TopicRule> wave = missing.stream()
                    .filter(rule -> rule.holdsAllOf().filter(names::contains).isEmpty())
                    .toList();
            create(admin, rights, wave);
            awaitLeaders(admin, wave);
            made.addAll(wave.stream().map(TopicRule::name).toList());
        }
    }

    /**
     * What a look found.
     *
     * @param missing rules of topics that do not exist
     * @param problems what is wrong with everything else
     */
    private record Examined(List<TopicRule> missing, List<String> problems) {}

    private Examined examine(Admin admin) throws InterruptedException {
        Map<String, ExistingTopic> existing = existing(admin, describe(admin));
        List<TopicRule> beside =
                rules.stream().map(rule -> rule.beside(existing)).toList();
        List<TopicRule> missing = beside.stream()
                .filter(rule -> !existing.containsKey(rule.name()))
                .toList();
        List<String> problems = new ArrayList<>();
        beside.forEach(rule -> problems.addAll(rule.problems(existing)));
        beside.stream()
                .mapToInt(TopicRule::needsMessageBytes)
                .max()
                .ifPresent(largest -> problems.addAll(ProducerSettings.tooSmall(config, largest)));
        return new Examined(missing, problems);
    }

    private void refuse(List<String> problems) throws OperatorNeededException {
        if (!problems.isEmpty()) {
            throw new OperatorNeededException(summary(problems));
        }
    }

    private static Set<String> names(List<TopicRule> some) {
        return some.stream().map(TopicRule::name).collect(Collectors.toSet());
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
        List<ConfigResource> resources = found.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<String, ExistingTopic> existing = new HashMap<>();
        for (var settings : admin.describeConfigs(resources).values().entrySet()) {
            String name = settings.getKey().name();
            TopicDescription topic = Objects.requireNonNull(found.get(name), name);
            await(settings.getValue(), UnknownTopicOrPartitionException.class)
                    .ifPresent(config -> existing.put(name, ExistingTopic.of(topic, config)));
        }
        return existing;
    }

    private void create(Admin admin, JobRights rights, List<TopicRule> missing)
            throws OperatorNeededException, InterruptedException {
        List<NewTopic> topics = missing.stream()
                .map(rule -> rule.plan(layout))
                .map(plan -> new NewTopic(plan.name(), Optional.of(plan.partitions()), replicas(plan))
                        .configs(plan.settings()))
                .toList();
        Set<String> refused = new HashSet<>();
        for (Map.Entry<String, KafkaFuture<Void>> created :
                admin.createTopics(topics, new CreateTopicsOptions()).values().entrySet()) {
            try {
                await(created.getValue(), TopicExistsException.class);
            } catch (AuthorizationException e) {
                refused.add(created.getKey());
            }
        }
        if (!refused.isEmpty()) {
            throw new OperatorNeededException(rights.message(rights.creating(refused)));
        }
    }

    private static Optional<Short> replicas(TopicPlan plan) {
        return plan.replicas().isPresent() ? Optional.of((short) plan.replicas().getAsInt()) : Optional.empty();
    }

    /**
     * A broker learns of a new topic a moment after its creation is answered, and hosts it another moment later. Records
     * that are sent in between are refused, and a producer that has several batches under way may see the second one
     * accepted before the first.
     */
    private void awaitLeaders(Admin admin, List<TopicRule> created) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = created.stream()
                .flatMap(rule -> IntStream.range(0, rule.partitions())
                        .mapToObj(partition -> new TopicPartition(rule.name(), partition)))
                .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        long tries = Math.max(1, config.connectTimeout().dividedBy(LEADERS_WAIT));
        while (await(admin.listOffsets(ends).all(), UnknownTopicOrPartitionException.class)
                .isEmpty()) {
            if (--tries < 0) {
                throw new TimeoutException("created topics did not become visible");
            }
            TimeUnit.MILLISECONDS.sleep(LEADERS_WAIT.toMillis());
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
