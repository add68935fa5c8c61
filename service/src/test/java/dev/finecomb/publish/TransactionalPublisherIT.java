package dev.finecomb.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.ingest.CommittedReader;
import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TransactionalPublisherIT {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static KafkaConfig job(String name) throws Exception {
        KafkaConfig config = KafkaFixture.config(broker.bootstrapServers(), name);
        new TopicCheck(config, KafkaFixture.ingest(1 << 20, 1 << 20)).run();
        return config;
    }

    private static TransactionalPublisher owner(KafkaConfig config) throws Exception {
        TransactionalPublisher publisher = TransactionalPublisher.open(config, CLOCK);
        publisher.takeOwnership();
        return publisher;
    }

    private static Outbox outbox(KafkaConfig config) {
        return new Outbox(KafkaFixture.topics(config), CLOCK, EventNumbers.NONE);
    }

    private static JobEvent event(KafkaConfig config, long step) {
        return new JobEvent(
                new Origin(config.job(), KafkaFixture.INCARNATION, step), EventKind.PAUSED, Instant.EPOCH, Map.of());
    }

    private static CommitOutcome commit(
            TransactionalPublisher publisher, KafkaConfig config, List<OutputRecord> records, long sequence) {
        Positions positions = Positions.of(0, sequence * 100);
        CheckpointManifest manifest = KafkaFixture.manifest(config.job(), sequence, positions);
        return publisher.commit(records, manifest.encode(), positions, manifest.pointer());
    }

    @Test
    void aCutBecomesVisibleWholeWithItsPositionsAndPointer() throws Exception {
        KafkaConfig config = job("whole");
        Topics topics = KafkaFixture.topics(config);
        assertThat(new CommittedReader(config).read()).isEqualTo(new CommittedState.None());
        try (TransactionalPublisher publisher = owner(config)) {
            Outbox outbox = outbox(config);
            outbox.add(event(config, 3));
            outbox.add(event(config, 3));
            assertThat(commit(publisher, config, outbox.seal(), 0)).isEqualTo(new CommitOutcome.Committed());
            outbox.add(event(config, 4));
            assertThat(commit(publisher, config, outbox.seal(), 1)).isEqualTo(new CommitOutcome.Committed());

            var events = KafkaFixture.readAll(config.bootstrapServers(), topics.events(), "read_committed");
            assertThat(events)
                    .extracting(record -> CloudEvent.readFrom(record.headers()).id())
                    .containsExactly("whole/i1/3/event/0", "whole/i1/3/event/1", "whole/i1/4/event/0");
            assertThat(events)
                    .allSatisfy(
                            record -> assertThat(record.key()).asString(UTF_8).isEqualTo("whole"));

            CheckpointManifest manifest = KafkaFixture.manifest("whole", 1, Positions.of(0, 100));
            assertThat(new CommittedReader(config).read())
                    .isEqualTo(new CommittedState.At(manifest.pointer(), Positions.of(0, 100), manifest));
            var checkpoints = KafkaFixture.readAll(config.bootstrapServers(), topics.checkpoints(), "read_committed");
            assertThat(checkpoints.getLast().value()).isEqualTo(manifest.encode());
            assertThat(CloudEvent.readFrom(checkpoints.getLast().headers()))
                    .isEqualTo(new CloudEvent(manifest.origin(), MessageKind.CHECKPOINT, 1, CLOCK.instant()));
        }
    }

    @Test
    void aSecondOwnerFencesTheFirstWhoseOutputNobodySees() throws Exception {
        KafkaConfig config = job("fenced");
        Topics topics = KafkaFixture.topics(config);
        try (TransactionalPublisher first = owner(config)) {
            assertThat(commit(first, config, List.of(), 0)).isEqualTo(new CommitOutcome.Committed());
            try (TransactionalPublisher second = owner(config)) {
                Outbox stale = outbox(config);
                stale.add(event(config, 1));
                assertThat(commit(first, config, stale.seal(), 1)).isInstanceOf(CommitOutcome.OwnershipLost.class);
                Outbox fresh = outbox(config);
                fresh.add(event(config, 2));
                assertThat(commit(second, config, fresh.seal(), 1)).isEqualTo(new CommitOutcome.Committed());
            }
        }
        assertThat(KafkaFixture.readAll(config.bootstrapServers(), topics.events(), "read_committed"))
                .extracting(
                        record -> CloudEvent.readFrom(record.headers()).origin().step())
                .containsExactly(2L);
    }

    @Test
    void whatIsTooLargeIsRefusedByNameAndNothingOfItsCutIsSeen() throws Exception {
        KafkaConfig config = job("too-large");
        Topics topics = KafkaFixture.topics(config);
        try (TransactionalPublisher publisher = owner(config)) {
            Outbox outbox = outbox(config);
            outbox.add(event(config, 1));
            byte[] incompressible = new byte[3 << 20];
            SourceRecord large = SourceRecord.of(topics.batches(), 0, 7, incompressible);
            outbox.add(
                    large.rejected(TransactionalPublisherIT.class, RejectReason.TOO_LARGE, "too large"),
                    new Origin(config.job(), KafkaFixture.INCARNATION, 1));
            assertThat(commit(publisher, config, outbox.seal(), 0))
                    .isInstanceOfSatisfying(
                            CommitOutcome.Refused.class,
                            refused ->
                                    assertThat(refused.message()).contains(topics.deadLetters(), "max.message.bytes"));
        }
        assertThat(KafkaFixture.readAll(config.bootstrapServers(), topics.events(), "read_uncommitted"))
                .hasSize(1);
        assertThat(KafkaFixture.readAll(config.bootstrapServers(), topics.events(), "read_committed"))
                .isEmpty();
        assertThat(new CommittedReader(config).read()).isEqualTo(new CommittedState.None());
    }

    @Test
    void aRefusedRecordKeepsItsKeyValueAndHeadersAndGainsTheReason() throws Exception {
        KafkaConfig config = job("letters");
        Topics topics = KafkaFixture.topics(config);
        var headers = new RecordHeaders(List.of(
                new RecordHeader("trace", "a".getBytes(UTF_8)),
                new RecordHeader("trace", "b".getBytes(UTF_8)),
                new RecordHeader("ce_id", "theirs".getBytes(UTF_8))));
        byte[] key = {1, 0, 2};
        byte[] value = {9, 8, 7};
        var consumed = new ConsumerRecord<byte @Nullable [], byte @Nullable []>(
                topics.batches(), 0, 41, 0L, TimestampType.CREATE_TIME, 3, 3, key, value, headers, Optional.empty());
        Origin origin = new Origin(config.job(), KafkaFixture.INCARNATION, 12);
        Outbox outbox = outbox(config);
        outbox.add(SourceRecord.of(consumed).rejected(Outbox.class, RejectReason.SHAPE, "ragged"), origin);
        try (TransactionalPublisher publisher = owner(config)) {
            assertThat(commit(publisher, config, outbox.seal(), 0)).isEqualTo(new CommitOutcome.Committed());
        }
        var letters = KafkaFixture.readAll(config.bootstrapServers(), topics.deadLetters(), "read_committed");
        assertThat(letters).hasSize(1);
        var letter = letters.getFirst();
        assertThat(letter.key()).isEqualTo(key);
        assertThat(letter.value()).isEqualTo(value);
        assertThat(letter.headers().headers("trace")).hasSize(2);
        assertThat(letter.headers().lastHeader("ce_id").value()).asString(UTF_8).isEqualTo("theirs");
        DeadLetter read = DeadLetter.readFrom(letter.headers());
        assertThat(read.partition().topic()).isEqualTo(topics.batches());
        assertThat(read.offset()).isEqualTo(41);
        assertThat(read.reason()).isEqualTo("SHAPE");
        assertThat(read.detail()).isEqualTo("ragged");
        assertThat(read.origin()).isEqualTo(origin);
    }
}
