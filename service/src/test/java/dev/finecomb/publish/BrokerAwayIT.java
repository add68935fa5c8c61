package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.CommittedReader;
import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BrokerAwayIT {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    @TempDir
    Path directory;

    @Test
    void aCommitThatNobodyHearsIsTriedAgainWhenTheBrokerIsBackAndCountsOnce() throws Exception {
        EmbeddedKafka broker = EmbeddedKafka.start(directory);
        int port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
        KafkaConfig config = KafkaFixture.with(
                KafkaFixture.config(broker.bootstrapServers(), "away"), Duration.ofSeconds(4), Duration.ofSeconds(10));
        new TopicCheck(config, KafkaFixture.ingest(1 << 20, 1 << 20)).run();
        try (TransactionalPublisher publisher = TransactionalPublisher.open(config, CLOCK)) {
            publisher.takeOwnership();
            assertThat(commit(publisher, 0)).isEqualTo(new CommitOutcome.Committed());
            broker.close();
            CommitOutcome away = commit(publisher, 1);

            assertThat(away).isInstanceOf(CommitOutcome.Unavailable.class);
            broker = EmbeddedKafka.start(directory, port, Map.of());
            CommitOutcome back = commit(publisher, 1);

            assertThat(back).isEqualTo(new CommitOutcome.Committed());
        }
        var events = KafkaFixture.readAll(
                config.bootstrapServers(), KafkaFixture.topics(config).events(), "read_committed");
        assertThat(events).hasSize(2);
        assertThat(new CommittedReader(config).read())
                .isInstanceOfSatisfying(
                        CommittedState.At.class,
                        at -> assertThat(at.positions()).isEqualTo(Positions.of(0, 100)));
        broker.close();
    }

    private static CommitOutcome commit(TransactionalPublisher publisher, long sequence) {
        Positions positions = Positions.of(0, sequence * 100);
        CheckpointManifest manifest = KafkaFixture.manifest("away", sequence, positions);
        Outbox outbox = new Outbox(new Topics("fc", "away"), CLOCK, EventNumbers.NONE);
        outbox.add(new JobEvent(
                new Origin("away", KafkaFixture.INCARNATION, sequence), EventKind.PAUSED, Instant.EPOCH, Map.of()));
        List<OutputRecord> records = outbox.seal();
        return publisher.commit(records, manifest.encode(), positions, manifest.pointer());
    }

    @Test
    void ownershipOfASilentBrokerIsGivenUp() throws Exception {
        KafkaConfig config = KafkaFixture.with(
                KafkaFixture.config("127.0.0.1:9", "away"), Duration.ofSeconds(4), Duration.ofSeconds(2));
        try (TransactionalPublisher publisher = TransactionalPublisher.open(config, CLOCK)) {
            assertThatThrownBy(publisher::takeOwnership).isInstanceOf(BrokerUnreachableException.class);
        }
    }

    @Test
    void aNameThatNobodyResolvesIsABrokerThatIsAway() {
        KafkaConfig config = KafkaFixture.config("no-such-host.invalid:9092", "away");
        assertThatThrownBy(() -> new TopicCheck(config, KafkaFixture.ingest(1 << 20, 1 << 20)).run())
                .isInstanceOf(BrokerUnreachableException.class);
        assertThatThrownBy(() -> TransactionalPublisher.open(config, CLOCK))
                .isInstanceOf(BrokerUnreachableException.class);
        KafkaConfig impossible =
                KafkaFixture.config("127.0.0.1:9", "away", Map.of("security.protocol", "NO_SUCH_PROTOCOL"));
        assertThatThrownBy(() -> TransactionalPublisher.open(impossible, CLOCK))
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("NO_SUCH_PROTOCOL");
    }
}
