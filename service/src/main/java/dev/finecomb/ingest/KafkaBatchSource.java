package dev.finecomb.ingest;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.PrefetchQueue.Item;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.BatchDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches from the job's input topic, read and decoded ahead by a thread of their own. It assigns itself all partitions, is
 * member of no group and commits nothing; it sees committed records only.
 *
 * <p>{@link #poll}, {@link #start} and {@link #initialPositions()} belong to one thread, {@link #topicId()},
 * {@link #confirm()}, {@link #lag()} and {@link #client()} to any.
 */
public final class KafkaBatchSource implements BatchSource {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaBatchSource.class);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(10);
    private static final int MIN_FETCH_BYTES = 1 << 20;
    private static final int MAX_FETCH_BYTES = 16 << 20;
    private static final int OPERATING_SYSTEMS_CHOICE = -1;

    /** What runs between start and close. */
    private record Reading(Prefetcher prefetcher, PrefetchQueue queue, Thread thread, TopicWatch watch) {}

    private final KafkaConfig config;
    private final String topic;
    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Admin admin;
    private final RecordDecoder decoder;
    private final long prefetchBytes;
    private @Nullable Exception broken;
    private volatile @Nullable InputTopic input;
    private volatile @Nullable Reading reading;

    private KafkaBatchSource(
            KafkaConfig config,
            IngestConfig ingest,
            BatchDecoder decoder,
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            Admin admin) {
        this.config = config;
        this.topic = new Topics(config.prefix(), config.job()).batches();
        this.consumer = consumer;
        this.admin = admin;
        this.decoder = new RecordDecoder(decoder, ingest.maxRecordBytes());
        this.prefetchBytes = ingest.prefetchBytes();
    }

    /**
     * Makes the clients; connects lazily.
     *
     * @throws BrokerUnreachableException if the brokers' names cannot be resolved
     * @throws OperatorNeededException if the configured client properties are impossible
     */
    public static KafkaBatchSource open(KafkaConfig config, IngestConfig ingest, BatchDecoder decoder)
            throws RestartLaterException, OperatorNeededException {
        try {
            Map<String, Object> settings = ClientSettings.consumer(config, "ingest");
            int fetchBytes = Math.clamp(ingest.prefetchBytes() / 4, MIN_FETCH_BYTES, MAX_FETCH_BYTES);
            settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchBytes);
            settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetchBytes);
            // The client's own 64 KiB let no more than that travel in a round trip.
            settings.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, OPERATING_SYSTEMS_CHOICE);
            return new KafkaBatchSource(
                    config, ingest, decoder, new KafkaConsumer<>(settings), Admin.create(ClientSettings.admin(config)));
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The Kafka consumer cannot be made", e);
        }
    }

    @Override
    public Positions initialPositions() throws RestartLaterException, OperatorNeededException, InterruptedException {
        InputTopic found = describe();
        List<TopicPartition> partitions = found.all();
        try {
            Map<TopicPartition, Long> offsets = switch (config.startOffset()) {
                case EARLIEST -> consumer.beginningOffsets(partitions, config.connectTimeout());
                case LATEST -> consumer.endOffsets(partitions, config.connectTimeout());
            };
            if (!offsets.keySet().containsAll(partitions)) {
                throw new RestartLaterException(
                        "The broker told offsets only of " + offsets.keySet() + ", not of all of " + partitions);
            }
            input = found;
            Map<Integer, Long> byNumber = new TreeMap<>();
            offsets.forEach((partition, offset) -> byNumber.put(partition.partition(), offset));
            return Positions.of(byNumber);
        } catch (InterruptException e) {
            throw ClientFailure.interruption(e);
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "The offsets of " + topic + " cannot be read", e);
        }
    }

    @Override
    public String topicId() {
        InputTopic known = input;
        if (known == null) {
            throw new IllegalStateException("a source knows its topic once it has looked at it");
        }
        return known.id().toString();
    }

    @Override
    public Positions start(Positions from, String expectedTopicId)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        if (reading != null) {
            throw new IllegalStateException("a source is started once");
        }
        InputTopic found = requireExpected(describe(), expectedTopicId);
        Positions all = found.from(from);
        if (!all.equals(from)) {
            LOG.info("partitions were added topic={} committed positions={} reading from={}", topic, from, all);
        }
        consumer.assign(found.all());
        all.nextOffsets().forEach((partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
        var queue = new PrefetchQueue(prefetchBytes, found.partitions());
        var prefetcher = new Prefetcher(config, consumer, found.all(), decoder, queue);
        Thread thread = Thread.ofPlatform().daemon().name("finecomb-prefetch").unstarted(prefetcher);
        var watch = new TopicWatch(config, admin, found, queue);
        input = found;
        reading = new Reading(prefetcher, queue, thread, watch);
        thread.start();
        watch.start(WATCH_INTERVAL);
        return all;
    }

    private InputTopic requireExpected(InputTopic found, String expectedTopicId) throws OperatorNeededException {
        InputTopic before = input;
        if (before != null) {
            found.requireId(before.id().toString());
        }
        if (!expectedTopicId.isEmpty()) {
            found.requireId(expectedTopicId);
        }
        return found;
    }

    private InputTopic describe() throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            return InputTopic.describe(admin, topic);
        } catch (KafkaException e) {
            throw ClientFailure.of(config, "Input topic " + topic + " cannot be described", e);
        }
    }

    @Override
    public Polled poll(Set<Integer> partitions, Duration timeout)
            throws InterruptedException, OperatorNeededException, RestartLaterException {
        Reading current = reading;
        if (current == null) {
            throw new IllegalStateException("a source is started before it is polled");
        }
        throwIfBroken();
        return switch (current.queue().poll(partitions, timeout)) {
            case null -> new Polled.Nothing();
            case Item.Ready(Polled polled, int partition) -> {
                current.prefetcher().onTaken(partition);
                yield polled;
            }
            case Item.Broken(Exception reason) -> {
                broken = reason;
                throwIfBroken();
                yield new Polled.Nothing();
            }
        };
    }

    /** An identity never comes back: what was read before a look that found the old one was the old one's. */
    @Override
    public void confirm() throws RestartLaterException, OperatorNeededException, InterruptedException {
        Duration atMost = config.transactionTimeout().dividedBy(2);
        try {
            InputTopic.describe(admin, topic, new DescribeTopicsOptions().timeoutMs(ClientSettings.millis(atMost)))
                    .requireId(topicId());
        } catch (RetriableException e) {
            throw new BrokerUnreachableException(config.bootstrapServers(), atMost, e);
        } catch (KafkaException e) {
            throw ClientFailure.whileRunning(config, "Input topic " + topic + " cannot be described", e);
        }
    }

    private void throwIfBroken() throws OperatorNeededException, RestartLaterException {
        switch (broken) {
            case null -> {}
            case OperatorNeededException needed -> throw needed;
            case RestartLaterException later -> throw later;
            case Exception other -> throw new RestartLaterException("Reading broke", other);
        }
    }

    @Override
    public boolean isBrokerAway() {
        Reading current = reading;
        return current != null && current.watch().isBrokerAway();
    }

    @Override
    public OptionalLong lag() {
        Reading current = reading;
        return current == null ? OptionalLong.empty() : current.prefetcher().lag();
    }

    /** Bytes that were read ahead and wait. */
    public long prefetchedBytes() {
        Reading current = reading;
        return current == null ? 0 : current.queue().bytes();
    }

    /** Whether reading ahead pauses because the bound is reached. */
    public boolean isPaused() {
        Reading current = reading;
        return current != null && current.prefetcher().isPaused();
    }

    /** The client, for its metrics only. */
    public Consumer<?, ?> client() {
        return consumer;
    }

    @Override
    public void close() {
        Reading current = reading;
        if (current == null) {
            closeConsumer();
        } else {
            current.watch().close();
            current.prefetcher().stop();
            try {
                current.thread().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        // Nobody waits for a look at the topic that is still under way.
        admin.close(Duration.ZERO);
    }

    private void closeConsumer() {
        try {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        } catch (InterruptException closedAtOnce) {
            // Closed all the same; the client has set the flag again.
        }
    }
}
