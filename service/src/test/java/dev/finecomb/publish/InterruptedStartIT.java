package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.CommittedReader;
import dev.finecomb.ingest.KafkaBatchSource;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.SilentBroker;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchSchema;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every step of a start that waits for a broker stops waiting when it is told to, and says nothing else than that. */
@Timeout(60)
class InterruptedStartIT {
    private static final IngestConfig INGEST = KafkaFixture.ingest(1 << 20, 1 << 20);

    /** Far longer than the test: whatever waits for it fails. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A step of the start, its clients closed when it returns. */
    private interface Step {
        void run(KafkaConfig config) throws Exception;
    }

    private static void stopsAtOnce(Step step) throws Exception {
        try (var broker = new SilentBroker()) {
            KafkaConfig config = KafkaFixture.with(
                    KafkaFixture.config(broker.bootstrapServers(), "digits"), Duration.ofMinutes(20), PATIENCE);
            var ended = new FutureTask<Throwable>(() -> failureOf(step, config));
            Thread starting = Thread.ofPlatform().daemon().start(ended);
            try (var _ = broker.awaitClient()) {
                starting.interrupt();
                assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            }
        }
    }

    /** What the step threw: anything suppressed beside it would be a close that failed. */
    private static Throwable failureOf(Step step, KafkaConfig config) {
        try {
            step.run(config);
            return new AssertionError("nobody answered, but it ended well");
        } catch (Exception e) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(e.getSuppressed()).isEmpty();
            return e;
        }
    }

    private static KafkaBatchSource source(KafkaConfig config) throws Exception {
        return KafkaBatchSource.open(config, INGEST, new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y"))));
    }

    @Test
    void theTopicsAreNotLookedForAnyLonger() throws Exception {
        stopsAtOnce(config -> new TopicCheck(config, INGEST).run());
    }

    @Test
    void theOwnershipIsNotWaitedForAnyLonger() throws Exception {
        stopsAtOnce(config -> {
            try (var publisher = TransactionalPublisher.open(config, InstantSource.system())) {
                publisher.takeOwnership();
            }
        });
    }

    @Test
    void theCommittedStateIsNotReadAnyLonger() throws Exception {
        stopsAtOnce(config -> new CommittedReader(config).read());
    }

    @Test
    void theInputIsNotLookedForAnyLonger() throws Exception {
        stopsAtOnce(config -> {
            try (var source = source(config)) {
                source.initialPositions();
            }
        });
        stopsAtOnce(config -> {
            try (var source = source(config)) {
                source.start(Positions.of(0, 0));
            }
        });
    }
}
