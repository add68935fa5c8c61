package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads how far a job is committed. To be asked after ownership was taken, never before: only then is the former owner's
 * open transaction resolved, and nobody can move the answer any more. Sees committed state only.
 */
public final class CommittedReader {
    private final KafkaConfig config;
    private final Topics topics;

    public CommittedReader(KafkaConfig config) {
        this.config = config;
        this.topics = new Topics(config.prefix(), config.job());
    }

    /**
     * Reads offsets, pointers and the newest manifest, and weighs them. Waits at most about a transaction timeout for
     * transactions of others that hide the answer.
     *
     * @throws BrokerUnreachableException if no broker answers
     * @throws RestartLaterException if somebody else's open transaction hides the answer for too long
     * @throws OperatorNeededException if a topic is missing, a right is missing, or the newest manifest is malformed
     */
    public CommittedState read() throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            Admin admin = Admin.create(ClientSettings.admin(config));
            try {
                Map<Integer, OffsetAndMetadata> offsets = offsets(admin);
                return judge(offsets, ends(admin));
            } finally {
                // An unlimited close waits for calls that an interrupt left behind, as long as a broker is tried.
                admin.close(Duration.ZERO);
            }
        } catch (ExecutionException e) {
            throw refusal(e);
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The committed state cannot be read", e);
        }
    }

    private OperatorNeededException refusal(ExecutionException e) throws BrokerUnreachableException {
        return switch (e.getCause()) {
            case UnknownTopicOrPartitionException missing ->
                new OperatorNeededException("Topic " + topics.checkpoints() + " does not exist", missing);
            case null -> throw new IllegalStateException("an execution failed without a cause", e);
            case Throwable cause -> ClientFailure.of(config, "The committed state cannot be read", cause);
        };
    }

    private Map<Integer, OffsetAndMetadata> offsets(Admin admin) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            // Stable: not those of before a commit whose markers are still being written.
            committed = new HashMap<>(admin.listConsumerGroupOffsets(
                            Map.of(topics.owner(), new ListConsumerGroupOffsetsSpec()),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(topics.owner())
                    .get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw e;
        }
        Map<Integer, OffsetAndMetadata> ours = new HashMap<>();
        // The map's values are null for partitions whose offset is gone.
        committed.values().removeIf(Objects::isNull);
        committed.forEach((partition, offset) -> {
            if (partition.topic().equals(topics.batches())) {
                ours.put(partition.partition(), offset);
            }
        });
        return ours;
    }

    /** The ends at the high watermark, not at the last stable offset. */
    private Map<TopicPartition, Long> ends(Admin admin) throws ExecutionException, InterruptedException {
        Set<TopicPartition> partitions = new HashSet<>();
        admin.describeTopics(Set.of(topics.checkpoints()))
                .allTopicNames()
                .get()
                .forEach((name, topic) -> topic.partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition()))));
        return admin
                .listOffsets(partitions.stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all()
                .get()
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    private CommittedState judge(Map<Integer, OffsetAndMetadata> offsets, Map<TopicPartition, Long> ends)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        Map<String, Object> settings = ClientSettings.consumer(config, "recovery");
        var consumer = new KafkaConsumer<byte @Nullable [], byte @Nullable []>(settings);
        try {
            var judge = new CommittedJudge(config, topics);
            var scan = new ManifestScan(consumer, topics.job(), config.transactionTimeout());
            Optional<PublishedManifest> newest = scan.read(ends);
            Optional<String> older = newest.flatMap(found -> judge.olderManifest(offsets, found));
            return judge.judge(offsets, older.isPresent() ? scan.read(ends, older.get()) : newest);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
