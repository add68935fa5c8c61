package dev.finecomb.ledger;

import dev.finecomb.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What an administrator may ask about a job: its topics' bounds and its committed offsets. Changes nothing. */
final class Broker implements AutoCloseable {
    private final Admin admin;
    private final Topics topics;

    Broker(Map<String, Object> properties, Topics topics, Duration timeout) {
        Map<String, Object> settings = new HashMap<>(properties);
        int millis = Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(millis, 10_000));
        this.admin = Admin.create(settings);
        this.topics = topics;
    }

    /** The topics of these that exist, with their partitions. */
    Map<String, Set<TopicPartition>> existing(List<String> names) throws ExecutionException, InterruptedException {
        Map<String, Set<TopicPartition>> existing = new HashMap<>();
        Map<String, KafkaFuture<TopicDescription>> futures =
                admin.describeTopics(names).topicNameValues();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> future : futures.entrySet()) {
            try {
                existing.put(
                        future.getKey(),
                        future.getValue().get().partitions().stream()
                                .map(partition -> new TopicPartition(future.getKey(), partition.partition()))
                                .collect(Collectors.toSet()));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    // The client does not say which.
                    throw new ExecutionException(new TopicAuthorizationException(Set.of(future.getKey())));
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return existing;
    }

    Bounds bounds(Set<TopicPartition> partitions) throws ExecutionException, InterruptedException {
        return new Bounds(offsets(partitions, OffsetSpec.earliest()), offsets(partitions, OffsetSpec.latest()));
    }

    private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(
                        partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> which)))
                .all()
                .get();
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().offset()));
    }

    /** The offsets of the job's group, none of which a transaction in the middle of its commit can still change. */
    Committed committed() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> all;
        try {
            all = admin.listConsumerGroupOffsets(
                            Map.of(topics.owner(), new ListConsumerGroupOffsetsSpec()),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(topics.owner())
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Committed.of(Map.of());
            }
            throw e;
        }
        Map<Integer, OffsetAndMetadata> ours = new HashMap<>();
        for (TopicPartition partition : new HashSet<>(all.keySet())) {
            OffsetAndMetadata offset = all.get(partition);
            // Null for a partition whose offset is gone.
            if (offset != null && partition.topic().equals(topics.batches())) {
                ours.put(partition.partition(), offset);
            }
        }
        return Committed.of(ours);
    }

    @Override
    public void close() {
        // An unlimited close waits for calls that an interrupt left behind, as long as a broker is tried.
        admin.close(Duration.ZERO);
    }
}
