package dev.finecomb.protocol.mask;

import dev.finecomb.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a job's masks from Kafka and hands out complete, verified snapshots, each newer than the one before.
 *
 * <p>It sees committed records only, scans its topic from the beginning (compaction keeps that short) and is no member of a
 * group: any number of subscribers read side by side. It belongs to one thread, but for {@link #wakeup()}.
 */
public final class MaskSubscriber implements AutoCloseable {
    /** How long the newest manifest may stay incomplete unless told otherwise. */
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final MaskAssembler assembler;
    private final Duration patience;
    private final InstantSource clock;
    private final End end;
    private Instant troubleSince = Instant.MAX;

    /** Tells where a partition ends, open transactions included: what a reader of committed records can't ask for itself. */
    @FunctionalInterface
    public interface End {
        /** The offset after the last record, at the high watermark; throws Kafka's exceptions. */
        long of(TopicPartition partition, Duration timeout);
    }

    /**
     * Takes a consumer over, assigns it the masks topic and goes to its beginning. The consumer must have been made with
     * {@link #consumerProperties}.
     *
     * @param patience how long the newest manifest may stay incomplete before {@link #poll} fails
     * @param end where the topic ends now
     */
    public MaskSubscriber(
            Consumer<byte[], byte[]> consumer, Topics topics, Duration patience, InstantSource clock, End end) {
        this.consumer = consumer;
        this.partition = new TopicPartition(topics.masks(), 0);
        this.assembler = new MaskAssembler(topics.job());
        this.patience = patience;
        this.clock = clock;
        this.end = end;
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /** Connects: {@code properties} needs {@code bootstrap.servers} and whatever security the cluster asks for. */
    public static MaskSubscriber connect(Map<String, Object> properties, Topics topics) {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(consumerProperties(properties));
        return new MaskSubscriber(
                consumer,
                topics,
                DEFAULT_PATIENCE,
                InstantSource.system(),
                (partition, timeout) -> highWatermark(properties, partition, timeout));
    }

    /** The properties with what this reader depends on put in force, whatever they said about it. */
    public static Map<String, Object> consumerProperties(Map<String, Object> properties) {
        Map<String, Object> forced = new HashMap<>(properties);
        forced.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        forced.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        forced.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        forced.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        forced.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        forced.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        forced.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return forced;
    }

    /**
     * Reads on for at most {@code timeout} and returns the newest snapshot that became complete, if one did.
     *
     * @throws MaskUnavailableException if the newest manifest has been incomplete or corrupt for longer than the patience
     */
    public Optional<MaskSnapshot> poll(Duration timeout) throws MaskUnavailableException {
        Optional<MaskSnapshot> snapshot = read(timeout);
        Optional<String> trouble = trouble();
        Instant now = clock.instant();
        if (trouble.isEmpty()) {
            troubleSince = Instant.MAX;
        } else if (troubleSince.equals(Instant.MAX)) {
            troubleSince = now;
        } else if (!now.isBefore(troubleSince.plus(patience))) {
            throw new MaskUnavailableException(trouble.get() + " since " + troubleSince);
        }
        return snapshot;
    }

    /**
     * Reads up to the end that the topic has now and returns the newest snapshot; waits on if there is none yet, and for the
     * end of an open transaction that hides what lies behind it.
     *
     * @throws MaskUnavailableException if after {@code timeout} the end is not reached, there is no snapshot, or the newest
     *     manifest is incomplete or corrupt: an older snapshot is never passed off as the newest
     */
    public MaskSnapshot awaitNewest(Duration timeout) throws MaskUnavailableException {
        Instant deadline = clock.instant().plus(timeout);
        long last = end.of(partition, timeout);
        while (true) {
            if (consumer.position(partition) >= last
                    && assembler.standing() instanceof MaskAssembler.Complete(MaskSnapshot snapshot)) {
                return snapshot;
            }
            Duration left = Duration.between(clock.instant(), deadline);
            if (!left.isPositive()) {
                throw new MaskUnavailableException(trouble().orElse("no snapshot in " + partition) + " after " + timeout
                        + ", at offset " + consumer.position(partition) + " of " + last);
            }
            read(left);
        }
    }

    /**
     * Reads up to the end that the topic has now and returns the snapshot of this version, of the newest incarnation that
     * has any. For a subscriber that has read nothing yet: what was read is not read again.
     *
     * @throws MaskUnavailableException if after {@code timeout} the end is not reached, or the topic does not hold the version
     *     whole: compaction takes all but the newest, sooner or later
     */
    public MaskSnapshot awaitVersion(long version, Duration timeout) throws MaskUnavailableException {
        Instant deadline = clock.instant().plus(timeout);
        long last = end.of(partition, timeout);
        VersionSearch search = new VersionSearch(version);
        while (consumer.position(partition) < last) {
            Duration left = Duration.between(clock.instant(), deadline);
            if (!left.isPositive()) {
                throw new MaskUnavailableException("mask version " + version + " not found in " + partition + " after "
                        + timeout + ", at offset " + consumer.position(partition) + " of " + last);
            }
            for (ConsumerRecord<byte[], byte[]> found : consumer.poll(left)) {
                accept(found).ifPresent(search::add);
            }
        }
        return search.result(partition.toString());
    }

    /** Makes a call that waits in another thread throw Kafka's {@code WakeupException}. */
    public void wakeup() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** A consumer of committed records would be told the last stable offset, and take what lies before it for everything. */
    private static long highWatermark(Map<String, Object> properties, TopicPartition partition, Duration timeout) {
        try (Admin admin = Admin.create(properties)) {
            return admin.listOffsets(
                            Map.of(partition, OffsetSpec.latest()),
                            new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED)
                                    .timeoutMs(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE)))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private Optional<MaskSnapshot> read(Duration timeout) {
        Optional<MaskSnapshot> newest = Optional.empty();
        for (ConsumerRecord<byte[], byte[]> found : consumer.poll(timeout)) {
            Optional<MaskSnapshot> completed = accept(found);
            newest = completed.isPresent() ? completed : newest;
        }
        return newest;
    }

    /** A record without a value retires its key: nothing that a snapshot still names. */
    private Optional<MaskSnapshot> accept(ConsumerRecord<byte[], byte[]> found) {
        if (found.key() == null || found.value() == null) {
            return Optional.empty();
        }
        return assembler.accept(new String(found.key(), StandardCharsets.UTF_8), found.value());
    }

    private Optional<String> trouble() {
        return switch (assembler.standing()) {
            case MaskAssembler.Nothing _, MaskAssembler.Complete _ -> Optional.empty();
            case MaskAssembler.Incomplete(MaskManifest manifest, List<String> missing) ->
                Optional.of("mask version " + manifest.version() + " in " + partition + " lacks the chunks " + missing);
            case MaskAssembler.Corrupt(var complaint) ->
                Optional.of("newest mask in " + partition + " is corrupt (" + complaint.getMessage() + ")");
        };
    }
}
