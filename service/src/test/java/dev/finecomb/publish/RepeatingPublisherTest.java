package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.Positions;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing is committed before it is acknowledged, and whatever failed may be sent again. */
class RepeatingPublisherTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
    private static final KafkaConfig CONFIG = KafkaFixture.config("broker:9092", "digits");
    private static final Topics TOPICS = KafkaFixture.topics(CONFIG);
    private static final Positions POSITIONS = Positions.of(0, 40);
    private static final CheckpointManifest MANIFEST = KafkaFixture.manifest("digits", 4, POSITIONS);

    private final ScriptedProducer producer = new ScriptedProducer();
    private final ScriptedOffsets offsets = new ScriptedOffsets();
    private final RepeatingPublisher publisher = new RepeatingPublisher(producer, offsets, CONFIG, CLOCK);

    /** The calls in the order of the broker's, the producer's sends among them. */
    private final class ScriptedOffsets implements GroupOffsets {
        final Queue<Exception> errors = new ArrayDeque<>();
        final List<Map<TopicPartition, OffsetAndMetadata>> committed = new ArrayList<>();
        boolean closed;

        @Override
        public void commit(Map<TopicPartition, OffsetAndMetadata> positions) throws InterruptedException {
            assertThat(producer.flushed())
                    .as("everything is acknowledged before")
                    .isTrue();
            producer.calls.add("offsets");
            switch (errors.poll()) {
                case null -> committed.add(positions);
                case InterruptedException told -> throw told;
                case KafkaException failure -> throw failure;
                case Exception other -> throw new AssertionError(other);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    private CommitOutcome commit() {
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(new JobEvent(
                new Origin("digits", KafkaFixture.INCARNATION, 40), EventKind.PAUSED, Instant.EPOCH, Map.of()));
        return publisher.commit(outbox.seal(), MANIFEST.encode(), POSITIONS, MANIFEST.pointer());
    }

    @Test
    void recordsThenManifestThenOffsetsAndNoTransaction() {
        publisher.takeOwnership();

        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.calls).containsExactly("send fc.digits.events", "send fc.checkpoints", "offsets");
        assertThat(offsets.committed)
                .containsExactly(Map.of(
                        new TopicPartition("fc.digits.batches", 0),
                        new OffsetAndMetadata(40, MANIFEST.pointer().format())));
    }

    @Test
    void theManifestIsNotSentBeforeAllOutputsAreAcknowledged() {
        publisher.takeOwnership();
        producer.answers.add(new NotEnoughReplicasException());

        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        assertThat(producer.calls).containsExactly("send fc.digits.events");
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
    }

    @Test
    void whatWasNotAcknowledgedKeepsTheOffsetsBackAndMayBeSentAgain() {
        publisher.takeOwnership();
        producer.sends.add(new NotEnoughReplicasException());

        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        assertThat(offsets.committed).isEmpty();
        assertThat(producer.calls).containsExactly("send fc.digits.events");

        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(offsets.committed).hasSize(1);
    }

    @Test
    void offsetsThatTheBrokerDidNotConfirmAreCommittedAgainWithTheirRecords() {
        publisher.takeOwnership();
        offsets.errors.add(new TimeoutException("away"));

        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Unavailable.class,
                        outcome -> assertThat(outcome.detail()).contains("fc.digits", "away"));
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.history()).hasSize(4);
    }

    @Test
    void whatNoRepetitionMendsIsRefusedWithTheRemedy() {
        publisher.takeOwnership();
        producer.sends.add(new RecordTooLargeException("too large"));

        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("max.message.bytes"));
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void aForeignMemberOfTheGroupIsNamed() {
        publisher.takeOwnership();
        offsets.errors.add(new UnknownMemberIdException("members"));

        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("Another consumer is a member"));
    }

    @Test
    void withoutRightsNothingGoesOn() {
        publisher.takeOwnership();
        producer.sends.add(new TopicAuthorizationException(Set.of("fc.digits.events")));

        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("Write on topic fc.digits.events"));
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void anInterruptIsNoFailureAndTheFlagStays() {
        publisher.takeOwnership();
        offsets.errors.add(new InterruptedException("stop"));

        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void nothingIsCommittedWithoutOwnershipAndBothClientsAreClosed() {
        assertThatIllegalStateException().isThrownBy(this::commit);
        publisher.takeOwnership();
        assertThatIllegalStateException().isThrownBy(publisher::takeOwnership);
        assertThat(publisher.mayRepeat()).isTrue();

        publisher.close();

        assertThat(producer.closed()).isTrue();
        assertThat(offsets.closed).isTrue();
    }

    @Test
    void theProducerKeepsOrderWithoutAnythingThatNeedsABrokersMemory() {
        Map<String, Object> settings = ProducerSettings.withoutTransactions(CONFIG);

        assertThat(settings)
                .doesNotContainKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG)
                .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false)
                .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1)
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all");
    }
}
