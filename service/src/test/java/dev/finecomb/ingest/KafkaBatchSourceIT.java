package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.finecomb.TestTopics;
import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.batch.RejectReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaBatchSourceIT {
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final Set<Integer> ONLY = Set.of(0);
    private static final IngestConfig ROOMY = KafkaFixture.ingest(1 << 20, 1 << 16);

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static Admin admin;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(directory);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static KafkaConfig job(String name) throws Exception {
        return job(name, 1);
    }

    private static KafkaConfig job(String name, int partitions) throws Exception {
        KafkaConfig config = KafkaFixture.config(broker.bootstrapServers(), name);
        TestTopics.create(admin, KafkaFixture.topics(config).batches(), partitions);
        return config;
    }

    private static KafkaBatchSource source(KafkaConfig config, IngestConfig ingest) throws Exception {
        var decoder = new BatchDecoder(BatchSchema.of(List.of("x"), List.of("y")));
        return KafkaBatchSource.open(config, ingest, decoder);
    }

    private static void produce(KafkaConfig config, List<byte[]> values) {
        KafkaFixture.produce(
                config.bootstrapServers(), KafkaFixture.topics(config).batches(), values);
    }

    private static void produce(KafkaConfig config, int partition, List<byte[]> values) {
        try (var producer = KafkaFixture.producer(config.bootstrapServers(), Map.of())) {
            for (byte[] value : values) {
                var _ = producer.send(
                        new ProducerRecord<>(KafkaFixture.topics(config).batches(), partition, null, value));
            }
            producer.flush();
        }
    }

    private static long offsetOf(Polled polled) {
        return switch (polled) {
            case Polled.Batch batch -> batch.record().offset();
            case Polled.Rejected rejected -> rejected.rejected().record().offset();
            case Polled.Nothing nothing -> throw new AssertionError("nothing arrived");
        };
    }

    @Test
    void batchesAndRefusalsComeInOrderFromThePositions() throws Exception {
        KafkaConfig config = job("order");
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            values.add(KafkaFixture.batch(i));
        }
        values.set(3, new byte[] {1, 2, 3, 0});
        values.set(5, new byte[(1 << 16) + 1]);
        produce(config, values);
        try (KafkaBatchSource source = source(config, ROOMY)) {
            assertThat(source.initialPositions()).isEqualTo(Positions.of(0, 0));
            source.start(Positions.of(0, 2));
            assertThat(source.poll(ONLY, WAIT)).isInstanceOfSatisfying(Polled.Batch.class, batch -> {
                assertThat(batch.record().offset()).isEqualTo(2);
                assertThat(batch.batch().samples()).isEqualTo(2);
                assertThat(batch.batch().inputs().getFirst().data().getFloat(0)).isEqualTo(2f);
            });
            assertThat(source.poll(ONLY, WAIT))
                    .isInstanceOfSatisfying(
                            Polled.Rejected.class,
                            rejected -> assertThat(rejected.rejected().record().value())
                                    .hasValue(values.get(3)));
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(4);
            assertThat(source.poll(ONLY, WAIT))
                    .isInstanceOfSatisfying(
                            Polled.Rejected.class,
                            rejected -> assertThat(rejected.rejected().reason()).isEqualTo(RejectReason.TOO_LARGE));
            assertThat(source.lag()).hasValue(2);
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(6);
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(7);
            await().atMost(WAIT).untilAsserted(() -> assertThat(source.lag()).hasValue(0));
            assertThat(source.poll(ONLY, Duration.ofMillis(10))).isEqualTo(new Polled.Nothing());
        }
    }

    @Test
    void markersAndAbortedRecordsAreNoRecordsAndLeaveNoLag() throws Exception {
        KafkaConfig config = job("markers");
        String topic = KafkaFixture.topics(config).batches();
        try (var producer = KafkaFixture.producer(config.bootstrapServers(), Map.of("transactional.id", "feeder"))) {
            producer.initTransactions();
            for (int i = 0; i < 4; i++) {
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>(topic, KafkaFixture.batch(i)));
                producer.flush();
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        try (KafkaBatchSource source = source(config, ROOMY)) {
            Positions positions = Positions.of(0, 0);
            source.start(positions);
            for (long expected : new long[] {0, 4}) {
                Polled.Batch batch = (Polled.Batch) source.poll(ONLY, WAIT);
                assertThat(batch.record().offset()).isEqualTo(expected);
                positions = positions.after(batch.record());
            }
            assertThat(positions).isEqualTo(Positions.of(0, 5));
            await().atMost(WAIT).untilAsserted(() -> assertThat(source.lag()).hasValue(0));
        }
    }

    @Test
    void readingAheadStaysWithinTheBoundPausesAndResumes() throws Exception {
        KafkaConfig config = job("bound");
        int size = KafkaFixture.batch(0).length;
        produce(config, Collections.nCopies(200, KafkaFixture.batch(1)));
        long bound = 20L * (size + 512);
        try (KafkaBatchSource source = source(config, KafkaFixture.ingest(bound, 1 << 16))) {
            source.start(Positions.of(0, 0));
            await().atMost(WAIT).until(source::isPaused);
            assertThat(source.prefetchedBytes()).isPositive().isLessThanOrEqualTo(bound);
            for (long offset = 0; offset < 200; offset++) {
                assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(offset);
                assertThat(source.prefetchedBytes()).isLessThanOrEqualTo(bound);
            }
            await().atMost(WAIT).until(() -> !source.isPaused());
            produce(config, List.of(KafkaFixture.batch(2)));
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(200);
        }
    }

    @Test
    void aRecordLargerThanTheWholeBoundStillArrives() throws Exception {
        KafkaConfig config = job("giant");
        produce(config, List.of(KafkaFixture.batch(1), new byte[5000], KafkaFixture.batch(2)));
        try (KafkaBatchSource source = source(config, KafkaFixture.ingest(1024, 1 << 16))) {
            source.start(Positions.of(0, 0));
            for (long offset = 0; offset < 3; offset++) {
                assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(offset);
            }
        }
    }

    @Test
    void lostInputStopsWithItsRangeAfterNothingWasSkipped() throws Exception {
        KafkaConfig config = job("lost");
        var partition = new TopicPartition(KafkaFixture.topics(config).batches(), 0);
        produce(config, Collections.nCopies(10, KafkaFixture.batch(1)));
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                .all()
                .get();
        try (KafkaBatchSource source = source(config, ROOMY)) {
            source.start(Positions.of(0, 4));
            var lost = catchThrowableOfType(OperatorNeededException.class, () -> source.poll(ONLY, WAIT));
            assertThat(lost)
                    .hasMessageContainingAll(partition.toString(), "at offset 4", "6 up to but not including 10");
            assertThatThrownBy(() -> source.poll(ONLY, WAIT)).isSameAs(lost);
        }
        try (KafkaBatchSource source = source(config, ROOMY)) {
            source.start(Positions.of(0, 11));
            assertThatThrownBy(() -> source.poll(ONLY, WAIT))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContaining("at offset 11");
        }
    }

    @Test
    void aTopicMadeAnewIsNotTheSameInput() throws Exception {
        KafkaConfig config = job("anew");
        String topic = KafkaFixture.topics(config).batches();
        InputTopic before = InputTopic.describe(admin, topic);
        before.requireSame(admin);
        try (KafkaBatchSource source = source(config, ROOMY)) {
            source.start(Positions.of(0, 0));
            admin.deleteTopics(List.of(topic)).all().get();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThatThrownBy(() -> source.poll(ONLY, Duration.ofMillis(50)))
                            .isInstanceOf(OperatorNeededException.class)
                            .hasMessageContainingAll(topic, "does not exist"));
        }
        job("anew");
        await().atMost(WAIT)
                .untilAsserted(() -> assertThatThrownBy(() -> before.requireSame(admin))
                        .isInstanceOf(OperatorNeededException.class)
                        .hasMessageContaining("made anew"));
    }

    @Test
    void aTopicMadeAnewBetweenTwoProcessesIsRefused() throws Exception {
        KafkaConfig config = job("replaced");
        String topic = KafkaFixture.topics(config).batches();
        String id;
        try (KafkaBatchSource source = source(config, ROOMY)) {
            assertThatIllegalStateException().isThrownBy(source::topicId);
            source.initialPositions();
            id = source.topicId();
            source.start(Positions.of(0, 0));
            assertThat(source.topicId()).isEqualTo(id);
        }
        try (KafkaBatchSource same = source(config, ROOMY)) {
            same.start(Positions.of(0, 0), id);
            assertThat(same.topicId()).isEqualTo(id);
        }
        try (KafkaBatchSource between = source(config, ROOMY);
                KafkaBatchSource after = source(config, ROOMY)) {
            between.initialPositions();
            admin.deleteTopics(List.of(topic)).all().get();
            // Until the deletion is through, the name is taken.
            await().atMost(WAIT).ignoreExceptions().until(() -> job("replaced").equals(config));
            await().atMost(WAIT)
                    .ignoreExceptions()
                    .until(() ->
                            !InputTopic.describe(admin, topic).id().toString().equals(id));
            assertThatThrownBy(() -> between.start(Positions.of(0, 0)))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContaining("expected id " + id);
            assertThatThrownBy(() -> after.start(Positions.of(0, 0), id))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContainingAll(topic, "made anew: found id ", "expected id " + id, "finecomb.kafka.job");
            after.start(Positions.of(0, 0));
            assertThat(after.topicId()).isNotEqualTo(id);
        }
    }

    @Test
    void whatCannotBeReadIsToldAtTheStart() throws Exception {
        try (KafkaBatchSource source = source(KafkaFixture.config(broker.bootstrapServers(), "absent"), ROOMY)) {
            assertThatThrownBy(() -> source.start(Positions.of(0, 0)))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContainingAll("fc.absent.batches", "kafka-topics.sh");
        }
        KafkaConfig fewer = job("fewer", 2);
        try (KafkaBatchSource source = source(fewer, ROOMY)) {
            assertThatThrownBy(() -> source.start(Positions.of(Map.of(0, 0L, 1, 0L, 2, 0L))))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContainingAll("{0=0, 1=0, 2=0}", "the 2 of fc.fewer.batches");
        }
        try (KafkaBatchSource source = source(KafkaFixture.config("127.0.0.1:9", "away"), ROOMY)) {
            assertThatThrownBy(source::initialPositions)
                    .isInstanceOf(BrokerUnreachableException.class)
                    .hasMessageContaining("127.0.0.1:9");
        }
    }

    @Test
    void eachPartitionIsReadInItsOwnOrderAndOnlyWhenAsked() throws Exception {
        KafkaConfig config = job("several", 3);
        produce(config, 0, Collections.nCopies(4, KafkaFixture.batch(0)));
        produce(config, 2, Collections.nCopies(3, KafkaFixture.batch(2)));
        try (KafkaBatchSource source = source(config, ROOMY)) {
            Positions beginning = source.initialPositions();
            assertThat(beginning).isEqualTo(Positions.of(Map.of(0, 0L, 1, 0L, 2, 0L)));
            assertThat(source.start(beginning)).isEqualTo(beginning);
            for (long offset = 0; offset < 3; offset++) {
                Polled polled = source.poll(Set.of(2), WAIT);
                assertThat(offsetOf(polled)).isEqualTo(offset);
                assertThat(((Polled.Batch) polled).record().partition()).isEqualTo(2);
            }
            assertThat(source.poll(Set.of(1), Duration.ofMillis(200))).isEqualTo(new Polled.Nothing());
            await().atMost(WAIT).untilAsserted(() -> assertThat(source.lag()).hasValue(4));
            produce(config, 1, List.of(KafkaFixture.batch(1)));
            assertThat(offsetOf(source.poll(Set.of(1), WAIT))).isZero();
            assertThat(offsetOf(source.poll(Set.of(0, 1, 2), WAIT))).isZero();
            await().atMost(WAIT).untilAsserted(() -> assertThat(source.lag()).hasValue(3));
        }
    }

    @Test
    void aFullPartitionDoesNotKeepTheOthersFromBeingRead() throws Exception {
        KafkaConfig config = job("blocked", 2);
        produce(config, 0, Collections.nCopies(500, KafkaFixture.batch(0)));
        long bound = 20L * (KafkaFixture.batch(0).length + 512);
        try (KafkaBatchSource source = source(config, KafkaFixture.ingest(bound, 1 << 16))) {
            source.start(source.initialPositions());
            await().atMost(WAIT).until(source::isPaused);
            assertThat(source.prefetchedBytes()).isLessThanOrEqualTo(bound / 2);
            produce(config, 1, Collections.nCopies(30, KafkaFixture.batch(1)));
            for (long offset = 0; offset < 30; offset++) {
                assertThat(offsetOf(source.poll(Set.of(1), WAIT))).isEqualTo(offset);
            }
            for (long offset = 0; offset < 500; offset++) {
                assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(offset);
                assertThat(source.prefetchedBytes()).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void aPartitionThatWasAddedEndsTheReadingAndIsAdoptedByTheNext() throws Exception {
        KafkaConfig config = job("grown");
        String topic = KafkaFixture.topics(config).batches();
        produce(config, 0, Collections.nCopies(2, KafkaFixture.batch(0)));
        try (KafkaBatchSource source = source(config, ROOMY)) {
            Positions beginning = source.initialPositions();
            source.start(beginning);
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            produce(config, 2, List.of(KafkaFixture.batch(2)));
            // What was read before is still handed out, then the reading ends.
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isZero();
            assertThat(offsetOf(source.poll(ONLY, WAIT))).isEqualTo(1);
            assertThatThrownBy(() -> source.poll(ONLY, WAIT))
                    .isInstanceOf(RestartLaterException.class)
                    .hasMessageContainingAll(topic, "had 1 partitions and now has 3", "next start");
        }
        try (KafkaBatchSource source = source(config, ROOMY)) {
            assertThat(source.start(Positions.of(0, 2))).isEqualTo(Positions.of(Map.of(0, 2L, 1, 0L, 2, 0L)));
            assertThat(offsetOf(source.poll(Set.of(2), WAIT))).isZero();
        }
    }

    @Test
    void lostInputNamesItsPartition() throws Exception {
        KafkaConfig config = job("hole", 2);
        var partition = new TopicPartition(KafkaFixture.topics(config).batches(), 1);
        produce(config, 1, Collections.nCopies(10, KafkaFixture.batch(1)));
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6)))
                .all()
                .get();
        try (KafkaBatchSource source = source(config, ROOMY)) {
            source.start(Positions.of(Map.of(0, 0L, 1, 5L)));
            assertThatThrownBy(() -> source.poll(ONLY, WAIT))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContainingAll(partition.toString(), "at offset 5", "6 up to but not including 10");
        }
    }

    @Test
    void latestBeginsBehindWhatIsThere() throws Exception {
        KafkaConfig config = job("latest");
        produce(config, Collections.nCopies(3, KafkaFixture.batch(1)));
        var latest = new KafkaConfig(
                config.bootstrapServers(),
                config.names(),
                KafkaConfig.StartOffset.LATEST,
                config.timeouts(),
                config.delivery(),
                config.clients());
        try (KafkaBatchSource source = source(latest, ROOMY)) {
            assertThat(source.initialPositions()).isEqualTo(Positions.of(0, 3));
        }
    }
}
