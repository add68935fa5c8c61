package dev.finecomb.publish;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Commits offsets of a group without members, outside of any transaction. */
interface GroupOffsets extends AutoCloseable {
    /**
     * Commits; when it returns the broker has confirmed.
     *
     * @throws KafkaException if it did not: the offsets may or may not be committed
     */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets) throws InterruptedException;

    @Override
    void close();

    /** The one of a real broker; takes the administrator over. */
    static GroupOffsets of(Admin admin, String group) {
        return new GroupOffsets() {
            @Override
            public void commit(Map<TopicPartition, OffsetAndMetadata> offsets) throws InterruptedException {
                try {
                    admin.alterConsumerGroupOffsets(group, offsets).all().get();
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
                }
            }

            @Override
            public void close() {
                admin.close(Duration.ZERO);
            }
        };
    }
}
