package dev.finecomb.protocol.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MaskSubscriberTest {
    private static final Topics TOPICS = new Topics("finecomb", MaskWorld.JOB);
    private static final TopicPartition MASKS = new TopicPartition("finecomb.digits.masks", 0);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final SteppingClock clock = new SteppingClock();
    private final MaskWorld world = new MaskWorld(7, 3);
    private long nextOffset = 5; // compaction took the first ones

    /** Kafka's fake never blocks, so each look at the clock costs a second. */
    private static final class SteppingClock implements InstantSource {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            now = now.plusSeconds(1);
            return now;
        }
    }

    @BeforeEach
    void topic() {
        consumer.updateBeginningOffsets(Map.of(MASKS, nextOffset));
        consumer.updateEndOffsets(Map.of(MASKS, nextOffset));
    }

    @Test
    void handsOutTheNewestOfWhatOnePollBrings() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        assertThat(subscriber.poll(SHORT)).isEmpty();

        add(world.publications.get(0).records());
        add(world.publications.get(1).records());
        assertThat(subscriber.poll(SHORT)).map(MaskSnapshot::version).contains(2L);
        assertThat(subscriber.poll(SHORT)).isEmpty();

        add(world.publications.get(2).records());
        Optional<MaskSnapshot> last = subscriber.poll(SHORT);
        assertThat(last).map(MaskSnapshot::state).contains(MaskState.FINAL);
        assertThat(world.published(last.orElseThrow())).isTrue();
    }

    @Test
    void isNoMemberOfAGroupAndReadsFromTheBeginning() {
        subscribe();

        assertThat(consumer.assignment()).containsExactly(MASKS);
        assertThat(consumer.subscription()).isEmpty();
        assertThat(consumer.position(MASKS)).isEqualTo(5);
    }

    @Test
    void awaitsTheNewestUpToTheEndThatTheTopicHad() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        for (MaskPublication publication : world.publications) {
            consumer.schedulePollTask(() -> add(publication.records()));
        }
        consumer.updateEndOffsets(Map.of(MASKS, nextOffset + world.records().size()));

        assertThat(subscriber.awaitNewest(PATIENCE).version()).isEqualTo(3);
    }

    @Test
    void awaitsTheFirstSnapshotOfAnEmptyTopic() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        consumer.schedulePollTask(() -> {});
        consumer.schedulePollTask(() -> add(world.publications.getFirst().records()));

        assertThat(subscriber.awaitNewest(PATIENCE).version()).isEqualTo(1);
    }

    @Test
    void findsAnOlderVersion() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        add(world.records());

        MaskSnapshot second = subscriber.awaitVersion(2, PATIENCE);

        assertThat(second.version()).isEqualTo(2);
        assertThat(world.published(second)).isTrue();
    }

    @Test
    void aVersionThatCompactionTookIsNamedWithThoseThatAreThere() {
        MaskSubscriber subscriber = subscribe();
        add(world.publications.get(0).records());
        List<MaskRecord> second = world.publications.get(1).records();
        add(second.subList(0, second.size() - 1));
        add(world.publications.get(2).records());

        assertThatThrownBy(() -> subscriber.awaitVersion(2, PATIENCE))
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessage("mask version 2 is not (or no longer) whole in finecomb.digits.masks-0; of the newest"
                        + " incarnation it holds the versions [1, 3]");
    }

    @Test
    void aVersionIsOneOfTheNewestIncarnation() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        MaskWorld next = new MaskWorld(8, 1);
        add(world.records());
        add(next.records());

        assertThat(subscriber.awaitVersion(1, PATIENCE).manifest().origin().incarnation())
                .isEqualTo("incarnation-8");
    }

    @Test
    void aVersionOfAPastIncarnationIsGone() {
        MaskSubscriber subscriber = subscribe();
        add(world.records());
        add(new MaskWorld(8, 1).records());

        assertThatThrownBy(() -> subscriber.awaitVersion(3, PATIENCE))
                .hasMessageEndingWith("of the newest incarnation it holds the versions [1]");
    }

    @Test
    void losesPatienceWithATopicThatDoesNotEnd() {
        MaskSubscriber subscriber = subscribe();
        add(world.publications.getFirst().records());
        consumer.updateEndOffsets(Map.of(MASKS, nextOffset + 1)); // an open transaction

        assertThatThrownBy(() -> subscriber.awaitVersion(1, PATIENCE))
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessageStartingWith("mask version 1 not found in finecomb.digits.masks-0 after PT30S");
    }

    @Test
    void failsLoudlyWhenNothingComes() {
        assertThatThrownBy(() -> subscribe().awaitNewest(PATIENCE))
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessage("no snapshot in finecomb.digits.masks-0 after PT30S, at offset 5 of 5");
    }

    @Test
    void neverPassesAnOlderSnapshotOffAsTheNewest() {
        MaskSubscriber subscriber = subscribe();
        add(world.publications.getFirst().records());
        add(List.of(world.publications.get(2).records().getLast()));

        assertThatThrownBy(() -> subscriber.awaitNewest(PATIENCE))
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessageStartingWith("mask version 3 in finecomb.digits.masks-0 lacks the chunks [layer0.weight#0");
    }

    @Test
    void losesPatienceWithAnIncompleteManifest() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        add(List.of(world.publications.getFirst().records().getLast()));
        assertThat(subscriber.poll(SHORT)).isEmpty();

        assertThatThrownBy(() -> {
                    for (int poll = 0; poll < 40; poll++) {
                        assertThat(subscriber.poll(SHORT)).isEmpty();
                    }
                })
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessageContaining("mask version 1 in finecomb.digits.masks-0 lacks the chunks");
        assertThat(clock.now).isEqualTo(Instant.EPOCH.plusSeconds(31));
    }

    @Test
    void losesPatienceWithACorruptManifest() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        put(MaskManifest.KEY.getBytes(StandardCharsets.UTF_8), new byte[] {'{'});
        assertThat(subscriber.poll(SHORT)).isEmpty();
        clock.now = clock.now.plus(PATIENCE);

        assertThatThrownBy(() -> subscriber.poll(SHORT))
                .isInstanceOf(MaskUnavailableException.class)
                .hasMessageStartingWith(
                        "newest mask in finecomb.digits.masks-0 is corrupt ((value): expected strict JSON");
    }

    @Test
    void aCompleteSnapshotRestoresPatience() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        add(List.of(world.publications.getFirst().records().getLast()));
        assertThat(subscriber.poll(SHORT)).isEmpty();
        clock.now = clock.now.plus(PATIENCE);
        add(world.publications.getFirst().records());

        assertThat(subscriber.poll(SHORT)).map(MaskSnapshot::version).contains(1L);
    }

    @Test
    void recordsWithoutKeyOrValueAreSkipped() throws MaskUnavailableException {
        MaskSubscriber subscriber = subscribe();
        put(null, new byte[0]);
        put(new byte[] {'w', '#', '0'}, null);
        add(world.publications.getFirst().records());

        assertThat(subscriber.poll(SHORT)).isPresent();
    }

    @Test
    void wakesAndCloses() {
        MaskSubscriber subscriber = subscribe();
        subscriber.wakeup();
        assertThatThrownBy(() -> subscriber.poll(SHORT)).isInstanceOf(WakeupException.class);

        subscriber.close();
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void forcesWhatItsRuleDependsOn() {
        Map<String, Object> properties = MaskSubscriber.consumerProperties(Map.of(
                "bootstrap.servers", "broker:9092",
                "isolation.level", "read_uncommitted",
                "enable.auto.commit", true,
                "group.id", "mine",
                "auto.offset.reset", "latest"));

        assertThat(properties)
                .containsEntry("bootstrap.servers", "broker:9092")
                .containsEntry("isolation.level", "read_committed")
                .containsEntry("enable.auto.commit", false)
                .containsEntry("auto.offset.reset", "earliest")
                .containsEntry("key.deserializer", ByteArrayDeserializer.class)
                .doesNotContainKey("group.id");
    }

    private MaskSubscriber subscribe() {
        return new MaskSubscriber(
                consumer,
                TOPICS,
                PATIENCE,
                clock,
                (partition, timeout) ->
                        consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L));
    }

    private void add(List<MaskRecord> records) {
        records.forEach(found -> put(found.keyBytes(), found.value()));
    }

    @SuppressWarnings("NullAway") // Kafka's records may lack key and value
    private void put(byte @Nullable [] key, byte @Nullable [] value) {
        consumer.addRecord(new ConsumerRecord<>(MASKS.topic(), MASKS.partition(), nextOffset++, key, value));
        consumer.updateEndOffsets(Map.of(MASKS, nextOffset));
    }
}
