package dev.finecomb.ingest;

import dev.finecomb.security.JobRights;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The input topic as it was found: a topic that is deleted and made anew has another identity, and its offsets mean
 * nothing for the positions of the old one.
 */
record InputTopic(String name, Uuid id, int partitions) {
    /** The remedy when a job's history cannot go on; its manifest would outlive its files and its group. */
    static final String BEGIN_AGAIN = "give the job a new name (finecomb.kafka.job) and a new checkpoint directory"
            + " (finecomb.checkpoint.directory) to begin again.";

    /** How long a look at a topic that is known waits for a broker. */
    private static final int PATIENCE_MILLIS = 10_000;

    /** Its partitions in their order. */
    List<TopicPartition> all() {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .toList();
    }

    /**
     * Looks at the topic.
     *
     * @throws KafkaException if no broker answered in time, or it may not be seen
     * @throws OperatorNeededException if it is missing
     */
    static InputTopic describe(Admin admin, String name) throws OperatorNeededException, InterruptedException {
        return describe(admin, name, new DescribeTopicsOptions());
    }

    /** The same, within the time that the options grant. */
    static InputTopic describe(Admin admin, String name, DescribeTopicsOptions options)
            throws OperatorNeededException, InterruptedException {
        TopicDescription topic = description(admin, name, options);
        return new InputTopic(name, topic.topicId(), topic.partitions().size());
    }

    /**
     * Looks again and complains if it is not the same topic any more.
     *
     * @throws RestartLaterException if it is, but has more partitions now
     */
    void requireSame(Admin admin) throws OperatorNeededException, RestartLaterException, InterruptedException {
        InputTopic now = describe(admin, name, new DescribeTopicsOptions().timeoutMs(PATIENCE_MILLIS));
        now.requireId(id.toString());
        if (now.partitions > partitions) {
            throw new RestartLaterException("Input topic " + name + " had " + partitions + " partitions and now has "
                    + now.partitions + ". The next start reads the added ones from their beginning, in turn with the"
                    + " others; nothing is lost.");
        }
    }

    /**
     * Where reading begins in each of its partitions: at the positions, and at offset 0 in partitions that they do not know,
     * which were added since.
     *
     * @throws OperatorNeededException if the positions know partitions that the topic does not have
     */
    Positions from(Positions positions) throws OperatorNeededException {
        SortedMap<Integer, Long> offsets = positions.nextOffsets();
        if (offsets.isEmpty() || offsets.lastKey() != offsets.size() - 1 || offsets.size() > partitions) {
            throw new OperatorNeededException("The committed positions " + positions
                    + " are of other partitions than the " + partitions + " of " + name + ". Restore the topic, or "
                    + BEGIN_AGAIN);
        }
        SortedMap<Integer, Long> all = new TreeMap<>(offsets);
        for (int added = offsets.size(); added < partitions; added++) {
            all.put(added, 0L);
        }
        return new Positions(all);
    }

    /** Complains if it is not the topic of that identity. */
    void requireId(String expected) throws OperatorNeededException {
        if (!id.toString().equals(expected)) {
            throw new OperatorNeededException("Input topic " + name + " was deleted and made anew: found id " + id
                    + ", expected id " + expected
                    + ". So the committed positions name other records. Bring the old topic"
                    + " back, or " + BEGIN_AGAIN);
        }
    }

    private static TopicDescription description(Admin admin, String name, DescribeTopicsOptions options)
            throws OperatorNeededException, InterruptedException {
        try {
            return admin.describeTopics(List.of(name), options)
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new OperatorNeededException(
                        "Input topic " + name + " does not exist. Create it with: kafka-topics.sh"
                                + " --create --topic " + name + " --partitions 1 --config cleanup.policy=delete",
                        e);
            }
            throw JobRights.about(name, e.getCause());
        }
    }
}
