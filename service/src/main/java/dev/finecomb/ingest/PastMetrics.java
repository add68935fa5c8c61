package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.StepMetrics;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads back what a job has said of its steps, for those who look at it. Of a long history it reads samples, spread evenly,
 * so that a start never takes long over it.
 */
public final class PastMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PastMetrics.class);

    private static final int SPOTS = 250;
    private static final int RECORDS_A_SPOT = 200;
    private static final Duration POLL_WAIT = Duration.ofSeconds(5);

    private final KafkaConfig config;
    private final TopicPartition partition;

    public PastMetrics(KafkaConfig config) {
        this.config = config;
        this.partition = new TopicPartition(new Topics(config.prefix(), config.job()).metrics(), 0);
    }

    /**
     * Reads the committed metrics that the topic still holds. Returns early when interrupted or when the broker says nothing
     * for some seconds.
     *
     * @throws BrokerUnreachableException if the broker does not answer
     * @throws OperatorNeededException if the topic or the right to read it is missing
     */
    public void read(Consumer<StepMetrics> each) throws BrokerUnreachableException, OperatorNeededException {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(ClientSettings.consumer(config, "past"))) {
            try {
                consumer.assign(List.of(partition));
                read(consumer, each);
            } catch (InterruptException stopped) {
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            }
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The metrics of earlier steps cannot be read", e);
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, Consumer<StepMetrics> each) {
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long distance = Math.max(RECORDS_A_SPOT, (end - begin) / SPOTS);
        for (long spot = begin; spot < end; spot += distance) {
            consumer.seek(partition, spot);
            if (!readUpTo(consumer, Math.min(end, spot + RECORDS_A_SPOT), each)) {
                return;
            }
        }
    }

    /** Whether it got there. */
    private boolean readUpTo(KafkaConsumer<byte[], byte[]> consumer, long end, Consumer<StepMetrics> each) {
        while (consumer.position(partition) < end) {
            long before = consumer.position(partition);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_WAIT)) {
                if (record.offset() < end) {
                    decoded(record, each);
                }
            }
            if (consumer.position(partition) == before) {
                return false;
            }
        }
        return true;
    }

    /** Somebody else's records in the topic are the ledger's concern. */
    private static void decoded(ConsumerRecord<byte[], byte[]> record, Consumer<StepMetrics> each) {
        try {
            each.accept(StepMetrics.decode(record.value()));
        } catch (MalformedMessageException notOurs) {
            LOG.debug("no metrics at {}-{}", record.topic(), record.offset(), notOurs);
        }
    }
}
