package dev.finecomb.ingest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
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
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The thread that owns the consumer: polls, decodes ahead of the training and pauses the partition while the queue is
 * full. A record that found no room waits undecoded; so the memory is bounded by the queue's bytes and one fetch.
 */
final class Prefetcher implements Runnable {
    private static final Duration POLL_WAIT = Duration.ofMillis(500);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final long UNKNOWN = -1;

    /** What a decoded record costs beside its bytes. */
    private static final long OVERHEAD_BYTES = 512;

    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final TopicPartition partition;
    private final RecordDecoder decoder;
    private final PrefetchQueue queue;
    private final Queue<SourceRecord> backlog = new ArrayDeque<>();
    private final AtomicLong unread = new AtomicLong(UNKNOWN);
    private final AtomicLong undelivered = new AtomicLong();
    private volatile boolean paused;
    private volatile boolean closed;

    Prefetcher(
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            TopicPartition partition,
            RecordDecoder decoder,
            PrefetchQueue queue) {
        this.consumer = consumer;
        this.partition = partition;
        this.decoder = decoder;
        this.queue = queue;
    }

    @Override
    public void run() {
        try {
            while (!closed && !queue.isBroken()) {
                decodeBacklog();
                pauseOrResume();
                fetch();
            }
        } catch (RuntimeException | Error e) {
            queue.fail(diagnosis(e));
        } finally {
            consumer.close(CloseOptions.timeout(CLOSE_WAIT));
        }
    }

    private void decodeBacklog() {
        for (SourceRecord next = backlog.peek(); next != null; next = backlog.peek()) {
            long weight = next.bytes() + OVERHEAD_BYTES;
            if (!queue.hasRoomFor(weight)) {
                return;
            }
            queue.add(decoder.decode(next), weight);
            backlog.remove();
        }
    }

    private void pauseOrResume() {
        if (!paused && !backlog.isEmpty()) {
            consumer.pause(List.of(partition));
            paused = true;
        } else if (paused && backlog.isEmpty() && queue.isHalfEmpty()) {
            consumer.resume(List.of(partition));
            paused = false;
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
        for (ConsumerRecord<byte @Nullable [], byte @Nullable []> consumed : records) {
            backlog.add(SourceRecord.of(consumed));
        }
        consumer.currentLag(partition).ifPresent(unread::set);
    }

    /** The training thread took a record out: a fetch that waits only for room need not wait any longer. */
    void onTaken() {
        undelivered.decrementAndGet();
        if (paused) {
            consumer.wakeup();
        }
    }

    OptionalLong lag() {
        long behind = unread.get();
        return behind == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(behind + undelivered.get());
    }

    boolean isPaused() {
        return paused;
    }

    void stop() {
        closed = true;
        consumer.wakeup();
    }

    private Exception diagnosis(Throwable error) {
        return switch (error) {
            case OffsetOutOfRangeException lost -> new OperatorNeededException(outOfRange(lost), lost);
            case AuthorizationException denied -> mayNotRead(denied);
            case AuthenticationException denied -> mayNotRead(denied);
            case InvalidTopicException gone -> mayNotRead(gone);
            case InterruptException interrupted -> new RestartLaterException("Reading was interrupted", interrupted);
            case KafkaException broken ->
                new RestartLaterException("Reading " + partition + " broke: " + broken.getMessage(), broken);
            default -> new RestartLaterException("Reading " + partition + " broke: " + error, error);
        };
    }

    private OperatorNeededException mayNotRead(KafkaException denied) {
        return new OperatorNeededException(
                "Input partition " + partition + " cannot be read: " + denied.getMessage()
                        + ". The job's user needs READ and DESCRIBE on the topic.",
                denied);
    }

    private String outOfRange(OffsetOutOfRangeException lost) {
        return "Input partition " + partition + ": the job has to go on at offset "
                + lost.offsetOutOfRangePartitions().get(partition) + ", but " + range()
                + ". Records that were not trained on are gone (retention too short for the outage, a truncated log, or"
                + " a topic made anew), and nothing is skipped silently. Restore the topic, or "
                + InputTopic.BEGIN_AGAIN;
    }

    private String range() {
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
