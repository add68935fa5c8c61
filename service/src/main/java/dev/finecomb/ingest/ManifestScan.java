package dev.finecomb.ingest;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the checkpoints topic, committed records only, from its beginning to an end that was taken from the high
 * watermark. A scan that stopped at the last stable offset would call an answer complete that an open transaction still
 * hides; so this one waits for the transaction, and says so if it does not end.
 */
final class ManifestScan {
    private static final Duration POLL_WAIT = Duration.ofMillis(500);

    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final byte[] key;
    private final Duration patience;

    ManifestScan(Consumer<byte @Nullable [], byte @Nullable []> consumer, String job, Duration patience) {
        this.consumer = consumer;
        this.key = job.getBytes(StandardCharsets.UTF_8);
        this.patience = patience;
    }

    /**
     * The job's newest manifest below the ends.
     *
     * @param ends offset after the last record of each partition, at the high watermark
     */
    Optional<PublishedManifest> read(Map<TopicPartition, Long> ends)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        return read(ends, _ -> true);
    }

    /**
     * The job's newest manifest below the ends whose digest is this one.
     *
     * @param ends offset after the last record of each partition, at the high watermark
     */
    Optional<PublishedManifest> read(Map<TopicPartition, Long> ends, String sha256)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        return read(ends, value -> Sha256.hex(value).equals(sha256));
    }

    private Optional<PublishedManifest> read(Map<TopicPartition, Long> ends, Predicate<byte[]> wanted)
            throws RestartLaterException, OperatorNeededException, InterruptedException {
        try {
            return scan(ends, wanted);
        } catch (InterruptException e) {
            throw ClientFailure.interruption(e);
        }
    }

    private Optional<PublishedManifest> scan(Map<TopicPartition, Long> ends, Predicate<byte[]> wanted)
            throws RestartLaterException, OperatorNeededException {
        consumer.assign(ends.keySet());
        consumer.seekToBeginning(ends.keySet());
        ConsumerRecord<byte @Nullable [], byte @Nullable []> newest = null;
        long idlePolls = 0;
        for (long behind = behind(ends); behind > 0; behind = behind(ends)) {
            ConsumerRecords<byte @Nullable [], byte @Nullable []> records = consumer.poll(POLL_WAIT);
            for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : records) {
                byte[] value = record.value();
                if (Arrays.equals(key, record.key()) && (value == null || wanted.test(value))) {
                    newest = record;
                }
            }
            idlePolls = behind(ends) < behind ? 0 : idlePolls + 1;
            if (POLL_WAIT.multipliedBy(idlePolls).compareTo(patience) > 0) {
                throw stuck(ends);
            }
        }
        return newest == null ? Optional.empty() : decode(newest);
    }

    private long behind(Map<TopicPartition, Long> ends) {
        long sum = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            sum += Math.max(0, end.getValue() - consumer.position(end.getKey()));
        }
        return sum;
    }

    private RestartLaterException stuck(Map<TopicPartition, Long> ends) {
        StringBuilder where = new StringBuilder();
        ends.forEach((partition, end) -> {
            long position = consumer.position(partition);
            if (position < end) {
                where.append(' ')
                        .append(partition)
                        .append(" at offset ")
                        .append(position)
                        .append(" of ")
                        .append(end);
            }
        });
        return new RestartLaterException(
                "The committed state cannot be read completely: no progress for "
                        + patience.toSeconds() + " s in" + where
                        + ". If the broker is up, a transaction of another producer is open"
                        + " there; find it with kafka-transactions.sh find-hanging and end it with kafka-transactions.sh abort.");
    }

    private static Optional<PublishedManifest> decode(ConsumerRecord<byte @Nullable [], byte @Nullable []> record)
            throws OperatorNeededException {
        byte[] value = record.value();
        if (value == null) {
            return Optional.empty();
        }
        String where = record.topic() + "-" + record.partition() + " at offset " + record.offset();
        try {
            return Optional.of(PublishedManifest.decode(where, value));
        } catch (MalformedMessageException e) {
            throw new OperatorNeededException(
                    "The newest checkpoint manifest of this job, in " + where
                            + ", is malformed: " + e.getMessage()
                            + ". Publish the manifest.json of the newest good checkpoint there"
                            + " under the same key.",
                    e);
        }
    }
}
