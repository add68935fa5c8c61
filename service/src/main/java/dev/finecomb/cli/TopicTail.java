package dev.finecomb.cli;

import dev.finecomb.protocol.mask.MaskSubscriber;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/** Reads one topic as any consumer sees it: committed records only, and nothing of the reading is left behind. */
final class TopicTail implements AutoCloseable {
    private static final Duration POLL_WAIT = Duration.ofMillis(500);

    private final KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer;
    private final String topic;
    private final List<TopicPartition> partitions;

    private TopicTail(
            KafkaConsumer<byte @Nullable [], byte @Nullable []> consumer,
            String topic,
            List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.topic = topic;
        this.partitions = partitions;
    }

    /**
     * Assigns all of the topic's partitions.
     *
     * @throws CommandFailure if there is no such topic; Kafka's own exceptions if it can't be asked
     */
    static TopicTail open(Map<String, Object> properties, String topic) throws CommandFailure {
        var consumer =
                new KafkaConsumer<byte @Nullable [], byte @Nullable []>(MaskSubscriber.consumerProperties(properties));
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw missing(topic);
            }
            consumer.assign(partitions);
            return new TopicTail(consumer, topic, partitions);
        } catch (CommandFailure | RuntimeException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
    }

    /** The complaint that a topic does not exist. */
    static CommandFailure missing(String topic) {
        return new CommandFailure(
                ExitCode.CONFIGURATION,
                "Topic " + topic + " does not exist. Check --job and --prefix, or create the job's topics by: finecomb"
                        + " topics create");
    }

    /** Begins with the oldest record. */
    void toBeginning() {
        consumer.seekToBeginning(partitions);
    }

    /** Begins behind the newest record; later ones are those that come after this call. */
    void toEnd() {
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Hands over records as they come, until the reader wants no more or {@link #wakeup()}. */
    void follow(Predicate<ConsumerRecord<byte @Nullable [], byte @Nullable []>> more) {
        try {
            while (true) {
                for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(POLL_WAIT)) {
                    if (!more.test(record)) {
                        return;
                    }
                }
            }
        } catch (WakeupException told) {
            // The end.
        }
    }

    /**
     * Hands over every record up to the end that the topic has now.
     *
     * @throws CommandFailure if it is not reached, with no record for as long as the patience
     */
    void readAll(Duration patience, Consumer<ConsumerRecord<byte @Nullable [], byte @Nullable []>> reader)
            throws CommandFailure {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        toBeginning();
        Duration idle = Duration.ZERO;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            var found = consumer.poll(POLL_WAIT);
            for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : found) {
                if (record.offset() < ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L)) {
                    reader.accept(record);
                }
            }
            idle = found.isEmpty() ? idle.plus(POLL_WAIT) : Duration.ZERO;
            if (idle.compareTo(patience) > 0) {
                throw new CommandFailure(
                        ExitCode.RETRY,
                        "Topic " + topic + " could not be read to its end: no record for " + patience.toSeconds()
                                + " s. Try again, with a longer --timeout.");
            }
        }
    }

    /** Ends {@link #follow}; from any thread. */
    void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
