package dev.finecomb.security;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/** What a role needs to be granted for a job, held against what a broker grants, and the words for what is missing. */
public final class JobRights {
    private static final String SOMEBODY = "User:NAME";

    private final KafkaConfig config;
    private final SortedSet<Grant> needed;

    /** The rights that a role needs. */
    public JobRights(KafkaConfig config, Role role) {
        this.config = config;
        this.needed = role.grants(new Topics(config.prefix(), config.job()), config.delivery());
    }

    /** The rights of the service with these settings. */
    public static JobRights ofService(KafkaConfig config) {
        return new JobRights(config, config.createTopics() ? Role.SERVICE_CREATING_TOPICS : Role.SERVICE);
    }

    /**
     * What of the needed the broker does not grant, as far as it tells: of a topic or group that does not exist yet it tells
     * only whether it may be looked at, of a transactional id nothing else, and never whether a topic may be created. Changes
     * nothing.
     *
     * @throws KafkaException if the broker does not answer
     */
    public SortedSet<Grant> missing(Admin admin) throws InterruptedException {
        SortedSet<Grant> missing = new TreeSet<>();
        missing.addAll(missingOfTopics(admin));
        missing.addAll(missingOfGroups(admin));
        missing.addAll(missingOfTransactionalIds(admin));
        return missing;
    }

    private SortedSet<Grant> missingOfTopics(Admin admin) throws InterruptedException {
        SortedSet<Grant> missing = new TreeSet<>();
        var options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (var topic : admin.describeTopics(names(ResourceType.TOPIC), options)
                .topicNameValues()
                .entrySet()) {
            SortedSet<Grant> ofIt = neededOn(ResourceType.TOPIC, Set.of(topic.getKey()));
            missing.addAll(await(topic.getValue(), ofIt, found -> found.authorizedOperations()));
        }
        return missing;
    }

    private SortedSet<Grant> missingOfGroups(Admin admin) throws InterruptedException {
        SortedSet<Grant> missing = new TreeSet<>();
        var options = new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true);
        for (var group : admin.describeConsumerGroups(names(ResourceType.GROUP), options)
                .describedGroups()
                .entrySet()) {
            SortedSet<Grant> ofIt = neededOn(ResourceType.GROUP, Set.of(group.getKey()));
            missing.addAll(await(group.getValue(), ofIt, found -> found.authorizedOperations()));
        }
        return missing;
    }

    private SortedSet<Grant> missingOfTransactionalIds(Admin admin) throws InterruptedException {
        SortedSet<Grant> missing = new TreeSet<>();
        for (String id : names(ResourceType.TRANSACTIONAL_ID)) {
            SortedSet<Grant> ofIt = neededOn(ResourceType.TRANSACTIONAL_ID, Set.of(id));
            missing.addAll(await(admin.describeTransactions(List.of(id)).description(id), ofIt, _ -> null));
        }
        return missing;
    }

    /** Reads from a description what may be done to the thing; null where the broker does not tell. */
    private interface Told<T> {
        @Nullable
        Set<AclOperation> in(T description);
    }

    private static <T> SortedSet<Grant> await(KafkaFuture<T> answer, SortedSet<Grant> ofIt, Told<T> told)
            throws InterruptedException {
        try {
            Set<AclOperation> granted = told.in(answer.get());
            // Who may look at a thing may describe it: an answer that leaves that out is none.
            return granted == null || !granted.contains(AclOperation.DESCRIBE)
                    ? new TreeSet<>()
                    : ofIt.stream()
                            .filter(grant ->
                                    grant.operation() != AclOperation.CREATE && !granted.contains(grant.operation()))
                            .collect(Collectors.toCollection(TreeSet::new));
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case AuthorizationException _ -> ofIt;
                case UnknownTopicOrPartitionException _ -> new TreeSet<>();
                case RetriableException unanswered -> throw unanswered;
                case AuthenticationException refused -> throw refused;
                // It does not exist, or the broker does not speak of it: what needs the right will tell.
                case ApiException _ -> new TreeSet<>();
                case null, default -> throw new KafkaException("what may be done could not be asked", e);
            };
        }
    }

    private List<String> names(ResourceType type) {
        return needed.stream()
                .filter(grant -> grant.type() == type)
                .map(Grant::name)
                .distinct()
                .toList();
    }

    private SortedSet<Grant> neededOn(ResourceType type, Collection<String> names) {
        return needed.stream()
                .filter(grant -> grant.type() == type && names.contains(grant.name()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A refusal to describe a topic, which Kafka's client does not name in it; other failures stay. */
    public static KafkaException about(String topic, @Nullable Throwable failure) {
        return switch (failure) {
            case TopicAuthorizationException refused
            when refused.unauthorizedTopics().isEmpty() -> new TopicAuthorizationException(Set.of(topic));
            case KafkaException other -> other;
            case null, default -> new KafkaException(failure);
        };
    }

    /** The needed rights on what a Kafka client's failure, or one of its causes, is about. */
    private SortedSet<Grant> refusedBy(Throwable failure) {
        for (Throwable link = failure; link != null; link = link.getCause()) {
            SortedSet<Grant> refused = switch (link) {
                case TopicAuthorizationException topics -> neededOn(ResourceType.TOPIC, topics.unauthorizedTopics());
                case GroupAuthorizationException _ -> neededOn(ResourceType.GROUP, names(ResourceType.GROUP));
                case TransactionalIdAuthorizationException _ ->
                    neededOn(ResourceType.TRANSACTIONAL_ID, names(ResourceType.TRANSACTIONAL_ID));
                default -> new TreeSet<Grant>();
            };
            if (!refused.isEmpty()) {
                return refused;
            }
        }
        return new TreeSet<>();
    }

    /** The rights to create these topics. */
    public SortedSet<Grant> creating(Set<String> topics) {
        return neededOn(ResourceType.TOPIC, topics).stream()
                .filter(grant -> grant.operation() == AclOperation.CREATE)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The {@link #message} about what a broker's refusal is about; empty if it is none, or about nothing that is needed.
     *
     * @param failure a Kafka client's, with its causes
     * @param doing what was tried: a refusal names resources, and no operation
     */
    public Optional<String> explain(Throwable failure, AclOperation doing) {
        SortedSet<Grant> refused = refusedBy(failure);
        if (refused.isEmpty()) {
            return Optional.empty();
        }
        List<Grant> likely =
                refused.stream().filter(grant -> grant.operation() == doing).toList();
        return Optional.of(message(likely.isEmpty() ? refused : likely));
    }

    /** What is missing, to whom, and the commands that grant it. */
    public String message(Collection<Grant> missing) {
        return message(missing, Principal.of(config).orElse(SOMEBODY));
    }

    private String message(Collection<Grant> missing, String principal) {
        return "The broker does not grant "
                + (principal.equals(SOMEBODY) ? "this user" : principal)
                + " what job " + config.job() + " needs: "
                + missing.stream().map(Grant::text).collect(Collectors.joining(", "))
                + ". Grant it:"
                + Grant.commands(missing, config.bootstrapServers(), principal).stream()
                        .map(command -> System.lineSeparator() + "  " + command)
                        .collect(Collectors.joining());
    }
}
