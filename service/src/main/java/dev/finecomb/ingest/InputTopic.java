package dev.finecomb.ingest;

import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The input topic as it was found: a topic that is deleted and made anew has another identity, and its offsets mean
 * nothing for the positions of the old one.
 */
record InputTopic(String name, Uuid id) {
    /** The remedy when a job's history cannot go on; its manifest would outlive its files and its group. */
    static final String BEGIN_AGAIN = "give the job a new name (finecomb.kafka.job) and a new checkpoint directory"
            + " (finecomb.checkpoint.directory) to begin again.";

    private static final int PARTITION = 0;

    TopicPartition partition() {
        return new TopicPartition(name, PARTITION);
    }

    /**
     * Looks at the topic.
     *
     * @throws RetriableException if no broker answered in time
     * @throws OperatorNeededException if it is missing, may not be seen, or has more than one partition
     */
    static InputTopic describe(Admin admin, String name) throws OperatorNeededException, InterruptedException {
        TopicDescription topic = description(admin, name);
        int partitions = topic.partitions().size();
        if (partitions != 1) {
            throw new OperatorNeededException(
                    "Input topic " + name + " has " + partitions + " partitions, but a job reads"
                            + " exactly one: the order of the batches decides the result. Make the topic anew with one"
                            + " partition, or name a job whose topic has one.");
        }
        return new InputTopic(name, topic.topicId());
    }

    /** Looks again and complains if it is not the same topic any more. */
    void requireSame(Admin admin) throws OperatorNeededException, InterruptedException {
        describe(admin, name).requireId(id.toString());
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

    private static TopicDescription description(Admin admin, String name)
            throws OperatorNeededException, InterruptedException {
        try {
            return admin.describeTopics(List.of(name))
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
            if (e.getCause() instanceof RetriableException retriable) {
                throw retriable;
            }
            throw new OperatorNeededException("Input topic " + name + " cannot be described: " + e.getCause(), e);
        }
    }
}
