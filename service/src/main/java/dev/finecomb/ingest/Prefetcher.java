package dev.finecomb.ingest;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.security.JobRights;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the consumer: polls, decodes ahead of the training and pauses each partition while its share of the
 * queue is full. A record that found no room waits undecoded; so the memory is bounded by the queue's bytes and one fetch a
 * partition.
 */
final class Prefetcher implements Runnable {
    private static final Duration POLL_WAIT = Duration.ofMillis(500);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final long UNKNOWN = -1;

    /** What a decoded record costs beside its bytes. */
    private static final long OVERHEAD_BYTES = 512;

    /** A partition as this thread reads it. */
    private static final class Lane {
        private final TopicPartition partition;
        private final Queue<SourceRecord> backlog = new ArrayDeque<>();
        private volatile long unread = UNKNOWN;
        private volatile boolean paused;

        Lane(TopicPartition partition) {
            this.partition = partition;
        }

        int number() {
            return partition.partition();
        }
    }

    private final KafkaConfig config;
    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final List<Lane> lanes;
    private final RecordDecoder decoder;
    private final PrefetchQueue queue;
    private final AtomicLong undelivered = new AtomicLong();
    private volatile boolean closed;

    /** @param partitions all that the consumer is assigned, in their order */
    Prefetcher(
            KafkaConfig config,
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            List<TopicPartition> partitions,
            RecordDecoder decoder,
            PrefetchQueue queue) {
        this.config = config;
        this.consumer = consumer;
        this.lanes = partitions.stream().map(Lane::new).toList();
        this.decoder = decoder;
        this.queue = queue;
    }

    @Override
    public void run() {
        try {
            while (!closed && !queue.isBroken()) {
                for (Lane lane : lanes) {
                    decodeBacklog(lane);
                    pauseOrResume(lane);
                }
                fetch();
            }
        } catch (RuntimeException | Error e) {
            queue.fail(reason(e));
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_WAIT));
        }
    }

    private void decodeBacklog(Lane lane) {
        for (SourceRecord next = lane.backlog.peek(); next != null; next = lane.backlog.peek()) {
            long weight = next.bytes() + OVERHEAD_BYTES;
            if (!queue.hasRoomFor(lane.number(), weight)) {
                return;
            }
            queue.add(lane.number(), decoder.decode(next), weight);
            lane.backlog.remove();
        }
    }

    private void pauseOrResume(Lane lane) {
        if (!lane.paused && !lane.backlog.isEmpty()) {
            consumer.pause(List.of(lane.partition));
            lane.paused = true;
        } else if (lane.paused && lane.backlog.isEmpty() && queue.isHalfEmpty(lane.number())) {
            consumer.resume(List.of(lane.partition));
            lane.paused = false;
        }
    }

    private void fetch() {
        ConsumerRecords<byte @Nullable [], byte @Nullable []> records;
        try {
            records = consumer.poll(POLL_WAIT);
        } catch (WakeupException roomOrClose) {
            return;
        }
        // Counted before the lag shrinks, so that a reader never sees less than what is outstanding.
        undelivered.addAndGet(records.count());
        for (Lane lane : lanes) {
            for (ConsumerRecord<byte @Nullable [], byte @Nullable []> consumed : records.records(lane.partition)) {
                lane.backlog.add(SourceRecord.of(consumed));
            }
            consumer.currentLag(lane.partition).ifPresent(behind -> lane.unread = behind);
        }
    }

    /**
     * The training thread took a record of the partition out: a fetch that waits only for room need not wait longer. It is
     * not woken for every record: as long as half of the room is taken there is something to train on.
     */
    void onTaken(int partition) {
        undelivered.decrementAndGet();
        if (lanes.get(partition).paused && queue.isHalfEmpty(partition)) {
            consumer.wakeup();
        }
    }

    /** Records of all partitions that were not taken out; empty until it is known of each. */
    OptionalLong lag() {
        long behind = 0;
        for (Lane lane : lanes) {
            long unread = lane.unread;
            if (unread == UNKNOWN) {
                return OptionalLong.empty();
            }
            behind += unread;
        }
        return OptionalLong.of(behind + undelivered.get());
    }

    /** Whether any partition is not read on because enough of it waits. */
    boolean isPaused() {
        return lanes.stream().anyMatch(lane -> lane.paused);
    }

    void stop() {
        closed = true;
        consumer.wakeup();
    }

    /** Never without one: the training thread waits for records until it is told. */
    private Exception reason(Throwable error) {
        try {
            return diagnosis(error);
        } catch (RuntimeException undiagnosed) {
            error.addSuppressed(undiagnosed);
            return broken(error);
        }
    }

    private Exception diagnosis(Throwable error) {
        return switch (error) {
            case OffsetOutOfRangeException lost -> new OperatorNeededException(outOfRange(lost), lost);
            case AuthorizationException denied -> mayNotRead(denied);
            case AuthenticationException refused ->
                ClientFailure.credentialsRefused("Input topic " + topic() + " cannot be read", refused);
            case InvalidTopicException gone -> mayNotRead(gone);
            case InterruptException interrupted -> new RestartLaterException("Reading was interrupted", interrupted);
            case KafkaException broken ->
                new RestartLaterException("Reading " + topic() + " broke: " + broken.getMessage(), broken);
            default -> broken(error);
        };
    }

    private RestartLaterException broken(Throwable error) {
        return new RestartLaterException("Reading " + topic() + " broke: " + error, error);
    }

    private String topic() {
        return lanes.getFirst().partition.topic();
    }

    private OperatorNeededException mayNotRead(KafkaException denied) {
        return new OperatorNeededException(
                "Input topic " + topic() + " cannot be read: "
                        + JobRights.ofService(config)
                                .explain(denied, AclOperation.READ)
                                .orElseGet(() -> String.valueOf(denied.getMessage())),
                denied);
    }

    private String outOfRange(OffsetOutOfRangeException lost) {
        Map.Entry<TopicPartition, Long> first = lost.offsetOutOfRangePartitions().entrySet().stream()
                .min(Comparator.comparingInt(entry -> entry.getKey().partition()))
                .orElseThrow(() -> new IllegalStateException("no partition is out of range", lost));
        return "Input partition " + first.getKey() + ": the job has to go on at offset " + first.getValue() + ", but "
                + range(first.getKey())
                + ". Records that were not trained on are gone (retention too short for the outage, a truncated log, or"
                + " a topic made anew), and nothing is skipped silently. Restore the topic, or "
                + InputTopic.BEGIN_AGAIN;
    }

    private String range(TopicPartition partition) {
        try {
            Long first =
                    consumer.beginningOffsets(List.of(partition), POLL_WAIT).get(partition);
            Long end = consumer.endOffsets(List.of(partition), POLL_WAIT).get(partition);
            return "the topic holds offsets " + first + " up to but not including " + end;
        } catch (KafkaException notNow) {
            return "the topic does not hold that offset";
        }
    }
}
