package dev.finecomb.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CommittedReaderIT {
    private static final Positions POSITIONS = Positions.of(0, 40);

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static Admin admin;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedKafka.start(directory);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        admin.createTopics(List.of(
                        new NewTopic("fc.checkpoints", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                .all()
                .get();
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static KafkaConfig job(String name) throws Exception {
        KafkaConfig config = KafkaFixture.config(broker.bootstrapServers(), name);
        admin.createTopics(List.of(new NewTopic(KafkaFixture.topics(config).batches(), 1, (short) 1)))
                .all()
                .get();
        return config;
    }

    private static void publish(KafkaProducer<byte[], byte[]> producer, CheckpointManifest manifest) {
        byte[] key = manifest.origin().job().getBytes(UTF_8);
        var _ = producer.send(new ProducerRecord<>("fc.checkpoints", key, manifest.encode()));
        producer.flush();
    }

    private static void publish(CheckpointManifest manifest) {
        try (var producer = KafkaFixture.producer(broker.bootstrapServers(), Map.of())) {
            publish(producer, manifest);
        }
    }

    private static void setOffset(KafkaConfig config, long offset, String metadata) throws Exception {
        Topics topics = KafkaFixture.topics(config);
        admin.alterConsumerGroupOffsets(
                        topics.owner(),
                        Map.of(new TopicPartition(topics.batches(), 0), new OffsetAndMetadata(offset, metadata)))
                .all()
                .get();
    }

    @Test
    void deletedOffsetsAreReplacedByTheManifests() throws Exception {
        KafkaConfig config = job("expired");
        publish(KafkaFixture.manifest("expired", 3, Positions.of(0, 30)));
        CheckpointManifest newest = KafkaFixture.manifest("expired", 4, POSITIONS);
        publish(newest);
        publish(KafkaFixture.manifest("somebody-else", 9, POSITIONS));
        assertThat(new CommittedReader(config).read())
                .isEqualTo(new CommittedState.OffsetsLost(newest.pointer(), POSITIONS, newest));
    }

    @Test
    void offsetsThatAToolSetAreAContradictionWithARemedy() throws Exception {
        KafkaConfig config = job("tool");
        CheckpointManifest manifest = KafkaFixture.manifest("tool", 4, POSITIONS);
        publish(manifest);
        setOffset(config, 40, manifest.pointer().format());
        assertThat(new CommittedReader(config).read())
                .isEqualTo(new CommittedState.At(manifest.pointer(), POSITIONS, manifest));
        setOffset(config, 12, "");
        assertThat(new CommittedReader(config).read())
                .isInstanceOfSatisfying(
                        CommittedState.Contradiction.class,
                        contradiction ->
                                assertThat(contradiction.message()).contains("fc.tool", "12", "--delete-offsets"));
        admin.deleteConsumerGroups(List.of("fc.tool")).all().get();
        assertThat(new CommittedReader(config).read()).isInstanceOf(CommittedState.OffsetsLost.class);
    }

    @Test
    void aTransactionThatStaysOpenIsNeverTakenForTheEnd() throws Exception {
        var config = KafkaFixture.config(broker.bootstrapServers(), "hidden");
        job("hidden");
        KafkaConfig impatient = KafkaFixture.with(config, Duration.ofSeconds(2), Duration.ofSeconds(10));
        CheckpointManifest manifest = KafkaFixture.manifest("hidden", 4, POSITIONS);
        try (var foreign = KafkaFixture.producer(broker.bootstrapServers(), Map.of("transactional.id", "foreign"))) {
            foreign.initTransactions();
            foreign.beginTransaction();
            publish(foreign, KafkaFixture.manifest("somebody-else", 1, POSITIONS));
            publish(manifest);
            assertThatThrownBy(() -> new CommittedReader(impatient).read())
                    .isInstanceOf(RestartLaterException.class)
                    .hasMessageContainingAll("fc.checkpoints-0", "kafka-transactions.sh");
            foreign.abortTransaction();
        }
        assertThat(new CommittedReader(impatient).read())
                .isEqualTo(new CommittedState.OffsetsLost(manifest.pointer(), POSITIONS, manifest));
    }

    @Test
    void aMalformedManifestIsNamedByItsPlace() throws Exception {
        KafkaConfig config = job("malformed");
        try (var producer = KafkaFixture.producer(broker.bootstrapServers(), Map.of())) {
            var _ = producer.send(
                    new ProducerRecord<>("fc.checkpoints", "malformed".getBytes(UTF_8), "{}".getBytes(UTF_8)));
        }
        assertThatThrownBy(() -> new CommittedReader(config).read())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("fc.checkpoints-0 at offset");
    }
}
