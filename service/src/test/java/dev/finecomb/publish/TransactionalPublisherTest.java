package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.junit.jupiter.api.Test;

/** The reactions to each error, with the order of calls as the broker would see it. */
class TransactionalPublisherTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
    private static final KafkaConfig CONFIG = KafkaFixture.config("broker:9092", "digits");
    private static final Topics TOPICS = KafkaFixture.topics(CONFIG);
    private static final Positions POSITIONS = Positions.of(0, 40);
    private static final CheckpointManifest MANIFEST = KafkaFixture.manifest("digits", 4, POSITIONS);
    private static final List<String> WHOLE =
            List.of("begin", "send fc.digits.events", "send fc.checkpoints", "offsets fc.digits", "commit");

    private final ScriptedProducer producer = new ScriptedProducer();
    private final TransactionalPublisher publisher = new TransactionalPublisher(producer, CONFIG, CLOCK);

    private void own() throws Exception {
        publisher.takeOwnership();
        producer.calls.clear();
    }

    private CommitOutcome commit() {
        Outbox outbox = new Outbox(TOPICS, CLOCK, EventNumbers.NONE);
        outbox.add(new JobEvent(
                new Origin("digits", KafkaFixture.INCARNATION, 40), EventKind.PAUSED, Instant.EPOCH, Map.of()));
        return publisher.commit(outbox.seal(), MANIFEST.encode(), POSITIONS, MANIFEST.pointer());
    }

    private void committedOnce() {
        assertThat(producer.history()).hasSize(2);
        assertThat(producer.consumerGroupOffsetsHistory())
                .containsExactly(Map.of(
                        "fc.digits",
                        Map.of(
                                new TopicPartition("fc.digits.batches", 0),
                                new OffsetAndMetadata(40, MANIFEST.pointer().format()))));
    }

    private void committedNothing() {
        assertThat(producer.history()).isEmpty();
        assertThat(producer.consumerGroupOffsetsHistory()).isEmpty();
    }

    @Test
    void recordsThenManifestThenPositionsThenCommit() throws Exception {
        own();
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.calls).isEqualTo(WHOLE);
        committedOnce();
    }

    @Test
    void whatCanBeAbortedIsAbortedAndSentAgainUnchanged() throws Exception {
        own();
        producer.sends.add(new NotEnoughReplicasException());
        producer.offsets.add(new TransactionAbortableException("again"));
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.calls)
                .containsSubsequence("begin", "abort", "begin", "offsets fc.digits", "abort", "begin", "commit");
        committedOnce();
    }

    @Test
    void afterTooManyAbortsTheCallerDecidesAndMayTryTheSameAgain() throws Exception {
        own();
        producer.offsets.addAll(Collections.nCopies(3, new TimeoutException("away")));
        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        committedNothing();
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        committedOnce();
    }

    @Test
    void anUnconfirmedAbortIsFinishedBeforeAnythingElse() throws Exception {
        own();
        producer.offsets.add(new TimeoutException("away"));
        producer.aborts.addAll(Collections.nCopies(2, new TimeoutException("away")));
        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        producer.calls.clear();
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.calls).startsWith("abort", "begin").endsWith("commit");
        committedOnce();
    }

    @Test
    void anUnansweredCommitIsAskedForAgainAndNeverSentTwice() throws Exception {
        own();
        producer.commits.addAll(Collections.nCopies(3, new TimeoutException("no answer")));
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        assertThat(producer.calls).containsOnlyOnce("begin").doesNotContain("abort");
        committedOnce();
    }

    @Test
    void aCommitThatStaysUnansweredEndsTheProcess() throws Exception {
        own();
        producer.commits.addAll(Collections.nCopies(4, new TimeoutException("no answer")));
        assertThat(commit()).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(producer.calls).doesNotContain("abort");
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void anAbortableCommitIsAbortedAndSentAgain() throws Exception {
        own();
        producer.commits.add(new TransactionAbortableException("again"));
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        committedOnce();
    }

    @Test
    void aCommitThatRefusesItsAbortTooMayHaveHappened() throws Exception {
        own();
        producer.commits.add(new KafkaException("fatal"));
        producer.aborts.add(new KafkaException("fatal"));
        assertThat(commit()).isInstanceOf(CommitOutcome.Unknown.class);
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void losingTheOwnershipEndsItWhereverItShows() throws Exception {
        own();
        producer.sends.add(new InvalidProducerEpochException("newer owner"));
        assertThat(commit()).isInstanceOf(CommitOutcome.OwnershipLost.class);
        committedNothing();
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void theCauseCountsHoweverTheClientWrapsIt() throws Exception {
        own();
        producer.commits.add(new KafkaException("in an error state", new ProducerFencedException("newer owner")));
        assertThat(commit()).isInstanceOf(CommitOutcome.OwnershipLost.class);
    }

    @Test
    void aMissingRightIsNamedWithTheCommandThatGrantsIt() throws Exception {
        own();
        producer.sends.add(new TopicAuthorizationException(Set.of("fc.digits.events")));
        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message())
                                .contains(
                                        "Write on topic fc.digits.events",
                                        "kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:ANONYMOUS",
                                        "--operation Write",
                                        "--topic fc.digits.events"));
        committedNothing();
        assertThatIllegalStateException().isThrownBy(this::commit);
    }

    @Test
    void credentialsThatTheBrokerAcceptsNoLongerEndTheOwnership() throws Exception {
        own();
        producer.sends.add(new SaslAuthenticationException("password changed"));
        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.OwnershipLost.class,
                        lost -> assertThat(lost.detail()).contains("password changed"));
    }

    @Test
    void whatNoRepetitionMendsIsAbortedAndRefusedByName() throws Exception {
        own();
        producer.sends.add(new RecordTooLargeException("larger than max.message.bytes"));
        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("fc.digits.events", "max.message.bytes"));
        assertThat(producer.calls).endsWith("abort");
        committedNothing();
    }

    @Test
    void aForeignMemberOfTheGroupIsNamed() throws Exception {
        own();
        producer.offsets.add(new CommitFailedException("members"));
        assertThat(commit())
                .isInstanceOfSatisfying(
                        CommitOutcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("fc.digits", "group of its own"));
    }

    @Test
    void anInterruptLeavesNothingVisibleAndTheFlagSet() throws Exception {
        own();
        producer.offsets.add(new InterruptException("stop"));
        assertThat(commit()).isInstanceOf(CommitOutcome.Unavailable.class);
        assertThat(Thread.interrupted()).isTrue();
        committedNothing();
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed());
        committedOnce();
    }

    @Test
    void ownershipIsAskedForUntilTheTimeIsOver() throws Exception {
        producer.inits.add(new TimeoutException("starting"));
        assertThatThrownBy(publisher::takeOwnership).isInstanceOf(BrokerUnreachableException.class);
        own();
        assertThatIllegalStateException().isThrownBy(publisher::takeOwnership);
    }

    @Test
    void aRefusedOwnershipSaysWhoHasToAct() {
        assertThatIllegalStateException().isThrownBy(this::commit);
        producer.inits.add(new ProducerFencedException("newer owner"));
        assertThatThrownBy(publisher::takeOwnership)
                .isInstanceOf(RestartLaterException.class)
                .hasMessageContaining("fc.digits");
        producer.inits.add(new InvalidTxnTimeoutException("too long"));
        assertThatThrownBy(publisher::takeOwnership)
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("finecomb.kafka.transaction-timeout");
    }
}
