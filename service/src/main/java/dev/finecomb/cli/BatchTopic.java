package dev.finecomb.cli;

import dev.finecomb.security.JobRights;
import dev.finecomb.security.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The batches topic as somebody who sends needs to know it.
 *
 * @param name its name
 * @param partitions how many it has
 * @param emptiest the first of its partitions that have taken the fewest records: a sender that goes on there, partition by
 *     partition in turn, goes on where one that did the same has ended
 * @param maxMessageBytes the largest batch of records that it takes; empty where this user may not ask
 */
record BatchTopic(String name, int partitions, int emptiest, OptionalLong maxMessageBytes) {

    /** Asks the broker; a topic that does not exist is a {@link CommandFailure}. */
    static BatchTopic look(BrokerOptions broker) throws CommandFailure, InterruptedException {
        String name = broker.topics().batches();
        try {
            return look(broker.patientProperties(), name);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw TopicTail.missing(name);
            }
            throw broker.failure(JobRights.about(name, e.getCause()), Role.PRODUCER);
        } catch (KafkaException e) {
            throw broker.failure(e, Role.PRODUCER);
        }
    }

    private static BatchTopic look(Map<String, Object> properties, String name)
            throws ExecutionException, InterruptedException {
        Admin admin = Admin.create(properties);
        try {
            int partitions = admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .partitions()
                    .size();
            return new BatchTopic(name, partitions, emptiest(admin, name, partitions), maxMessageBytes(admin, name));
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static int emptiest(Admin admin, String name, int partitions)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .collect(Collectors.toMap(Function.identity(), _ -> OffsetSpec.latest()));
        ListOffsetsResult found = admin.listOffsets(ends);
        int emptiest = 0;
        long fewest = Long.MAX_VALUE;
        for (int partition = 0; partition < partitions; partition++) {
            long taken = found.partitionResult(new TopicPartition(name, partition))
                    .get()
                    .offset();
            if (taken < fewest) {
                fewest = taken;
                emptiest = partition;
            }
        }
        return emptiest;
    }

    private static OptionalLong maxMessageBytes(Admin admin, String name)
            throws ExecutionException, InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        try {
            return OptionalLong.of(Long.parseLong(admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                    .value()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }
}
