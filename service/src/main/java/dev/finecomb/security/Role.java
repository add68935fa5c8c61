package dev.finecomb.security;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.TopicSpec;
import dev.finecomb.protocol.Topics;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;

/**
 * Somebody who has to do with a job's topics, and the least that a broker has to grant him. Kafka counts Describe as part of
 * Read, Write, Delete and Alter, so it is named only where nothing else brings it.
 */
public enum Role {
    /** The service itself, of topics that exist. It looks how each topic is set up before it trusts it with data. */
    SERVICE,
    /** The service that makes its topics, {@code kafka.create-topics: true}. */
    SERVICE_CREATING_TOPICS,
    /** Whoever runs {@code doctor}: tries transactions, under an id of its own, and else looks at what the service is granted. */
    DOCTOR,
    /** Whoever runs {@code topics show}. */
    TOPIC_VIEWER,
    /** Whoever runs {@code topics create}. */
    TOPIC_CREATOR,
    /** Whoever sends batches. */
    PRODUCER,
    /** Whoever runs {@code dead-letters replay}. */
    REPLAYER,
    /** Whoever sends orders by the commands topic. */
    COMMANDER,
    /** Whoever reads masks. */
    MASK_SUBSCRIBER,
    /** Whoever runs {@code ledger}. */
    AUDITOR,
    /** Whoever starts the job when its input waits, and ends it when none does, such as KEDA. */
    SCALER;

    /** No job's transactional id holds this character. */
    private static final String TRIAL = "~doctor";

    /** The transactional id that the doctor tries, which no job can have: the job's own would end a running job. */
    public static String trialId(Topics topics) {
        return topics.owner() + TRIAL;
    }

    /** As the command line writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The least that has to be granted, sorted by resource.
     *
     * @param delivery how often the job's outputs become visible: only transactions need a transactional id
     */
    public SortedSet<Grant> grants(Topics topics, KafkaConfig.Delivery delivery) {
        SortedSet<Grant> grants = new TreeSet<>();
        switch (this) {
            case SERVICE -> service(topics, delivery, grants);
            case SERVICE_CREATING_TOPICS -> {
                service(topics, delivery, grants);
                onEveryTopic(topics, AclOperation.CREATE, grants);
            }
            case DOCTOR -> {
                service(topics, delivery, grants);
                if (delivery == KafkaConfig.Delivery.EXACTLY_ONCE) {
                    grants.add(Grant.transactionalId(AclOperation.WRITE, trialId(topics)));
                }
            }
            case TOPIC_VIEWER -> {
                onEveryTopic(topics, AclOperation.DESCRIBE, grants);
                onEveryTopic(topics, AclOperation.DESCRIBE_CONFIGS, grants);
            }
            case TOPIC_CREATOR -> {
                onEveryTopic(topics, AclOperation.CREATE, grants);
                onEveryTopic(topics, AclOperation.DESCRIBE, grants);
                onEveryTopic(topics, AclOperation.DESCRIBE_CONFIGS, grants);
            }
            case PRODUCER -> grants.add(Grant.topic(AclOperation.WRITE, topics.batches()));
            case REPLAYER -> {
                grants.add(Grant.topic(AclOperation.READ, topics.deadLetters()));
                grants.add(Grant.topic(AclOperation.WRITE, topics.batches()));
            }
            case COMMANDER -> grants.add(Grant.topic(AclOperation.WRITE, topics.commands()));
            case MASK_SUBSCRIBER -> grants.add(Grant.topic(AclOperation.READ, topics.masks()));
            case AUDITOR -> {
                onEveryTopic(topics, AclOperation.READ, grants);
                grants.remove(Grant.topic(AclOperation.READ, topics.commands()));
                grants.add(Grant.group(AclOperation.DESCRIBE, topics.owner()));
            }
            case SCALER -> {
                grants.add(Grant.topic(AclOperation.DESCRIBE, topics.batches()));
                grants.add(Grant.group(AclOperation.DESCRIBE, topics.owner()));
            }
        }
        return Collections.unmodifiableSortedSet(grants);
    }

    private static void service(Topics topics, KafkaConfig.Delivery delivery, SortedSet<Grant> grants) {
        // The live page reads the metrics of former processes.
        List.of(topics.batches(), topics.commands(), topics.metrics(), topics.checkpoints())
                .forEach(name -> grants.add(Grant.topic(AclOperation.READ, name)));
        List.of(
                        topics.masks(),
                        topics.metrics(),
                        topics.events(),
                        topics.deadLetters(),
                        topics.checkpoints(),
                        topics.models())
                .forEach(name -> grants.add(Grant.topic(AclOperation.WRITE, name)));
        onEveryTopic(topics, AclOperation.DESCRIBE_CONFIGS, grants);
        grants.add(Grant.group(AclOperation.READ, topics.owner()));
        if (delivery == KafkaConfig.Delivery.EXACTLY_ONCE) {
            grants.add(Grant.transactionalId(AclOperation.WRITE, topics.owner()));
        }
    }

    private static void onEveryTopic(Topics topics, AclOperation operation, SortedSet<Grant> grants) {
        topics.specs().stream().map(TopicSpec::name).forEach(name -> grants.add(Grant.topic(operation, name)));
    }
}
