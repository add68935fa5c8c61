package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever ends the reading, the training thread is told. */
class PrefetcherTest {
    private static final TopicPartition PARTITION = new TopicPartition("fc.digits.batches", 0);

    /** What the queue hands out once polling has failed so, in a job whose file of client properties is gone. */
    private static Exception reasonAfter(KafkaException failure) throws InterruptedException {
        KafkaConfig config =
                KafkaFixture.withFile(KafkaFixture.config("k:9092", "digits"), Path.of("/nowhere/client.properties"));
        var consumer = new MockConsumer<byte @Nullable [], byte @Nullable []>("none");
        consumer.assign(List.of(PARTITION));
        consumer.setPollException(failure);
        var queue = new PrefetchQueue(1000, 1);
        new Prefetcher(
                        config,
                        consumer,
                        List.of(PARTITION),
                        new RecordDecoder(new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y"))), 1000),
                        queue)
                .run();
        assertThat(consumer.closed()).isTrue();
        return switch (queue.poll(Set.of(0), Duration.ZERO)) {
            case PrefetchQueue.Item.Broken(Exception reason) -> reason;
            case null, default -> throw new AssertionError("the training thread is not told");
        };
    }

    @Test
    void aRightThatWasTakenAwayIsNamedThoughTheClientsPropertiesAreGone() throws Exception {
        assertThat(reasonAfter(new TopicAuthorizationException(Set.of(PARTITION.topic()))))
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("--operation Read --topic fc.digits.batches");
    }

    /** One without partitions, which the client never throws, has none to be told about. */
    @Test
    void aFailureThatCanNotBeDiagnosedEndsTheReadingWithBoth() throws Exception {
        Exception reason = reasonAfter(new OffsetOutOfRangeException("lost", Map.of()));
        assertThat(reason)
                .isInstanceOf(RestartLaterException.class)
                .hasMessageContainingAll("fc.digits.batches", "lost")
                .hasCauseInstanceOf(OffsetOutOfRangeException.class);
        assertThat(reason.getCause()).hasSuppressedException(new IllegalStateException("no partition is out of range"));
    }
}
