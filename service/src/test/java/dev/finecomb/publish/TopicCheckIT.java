package dev.finecomb.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.finecomb.config.IngestConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.ingest.BrokerUnreachableException;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.protocol.TopicSpec;
import dev.finecomb.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopicCheckIT {
    private static final IngestConfig INGEST = KafkaFixture.ingest(1 << 20, 8 << 20);

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

    private static KafkaConfig job(String prefix, boolean create) {
        KafkaConfig base = KafkaFixture.config(broker.bootstrapServers(), "digits");
        return new KafkaConfig(
                base.bootstrapServers(),
                new KafkaConfig.Names(prefix, "digits", create),
                base.startOffset(),
                base.timeouts(),
                base.delivery(),
                base.clients());
    }

    private static Map<String, String> settings(String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().values().iterator().next().entries().stream()
                .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    private static void alter(String topic, String name, String value) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
        // The answer is the controller's; the broker hears of it a moment later.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!value.equals(settings(topic).get(name))) {
            assertThat(System.nanoTime()).as("%s of %s", name, topic).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void missingTopicsAreMadeSafeAndThenFoundSafe() throws Exception {
        KafkaConfig config = job("made", true);
        new TopicCheck(config, INGEST).run();
        Topics topics = KafkaFixture.topics(config);
        assertThat(admin.listTopics().names().get())
                .containsAll(topics.specs().stream().map(TopicSpec::name).toList());
        assertThat(settings(topics.masks()))
                .containsOnly(
                        Map.entry("cleanup.policy", "compact"),
                        Map.entry("max.message.bytes", "1114112"),
                        Map.entry("segment.bytes", "67108864"));
        assertThat(settings(topics.events()))
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", Long.toString(Duration.ofDays(90).toMillis()));
        assertThat(Integer.parseInt(settings(topics.deadLetters()).get("max.message.bytes")))
                .isGreaterThan(Integer.parseInt(settings(topics.batches()).get("max.message.bytes")));
        new TopicCheck(job("made", false), INGEST).run();
    }

    @Test
    void missingTopicsAreAllNamedWithTheirCommands() {
        KafkaConfig config = job("absent", false);
        var needed = catchThrowableOfType(OperatorNeededException.class, () -> new TopicCheck(config, INGEST).run());
        for (TopicSpec spec : KafkaFixture.topics(config).specs()) {
            assertThat(needed)
                    .hasMessageContaining("kafka-topics.sh --bootstrap-server " + broker.bootstrapServers()
                            + " --create --topic " + spec.name() + " --partitions 1 --config cleanup.policy="
                            + spec.cleanup().policy());
        }
    }

    @Test
    void topicsThatWouldLoseDataAreRefusedTogether() throws Exception {
        KafkaConfig config = job("unsafe", true);
        Topics topics = KafkaFixture.topics(config);
        new TopicCheck(config, INGEST).run();
        alter(topics.masks(), "cleanup.policy", "delete");
        alter(topics.metrics(), "cleanup.policy", "compact,delete");
        alter(topics.models(), "max.message.bytes", "1000");
        alter(topics.deadLetters(), "max.message.bytes", "1048588");
        assertThatThrownBy(() -> new TopicCheck(config, INGEST).run())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContainingAll(
                        "topic unsafe.digits.masks has cleanup.policy=delete",
                        "topic unsafe.digits.metrics has cleanup.policy=",
                        "topic unsafe.models has max.message.bytes=1000",
                        "topic unsafe.digits.dead-letters has max.message.bytes=1048588",
                        "--add-config cleanup.policy=compact");
    }

    @Test
    void theDeadLettersTakeWhateverTheInputTakesAndItsNewHeaders() throws Exception {
        KafkaConfig config = job("letters", true);
        Topics topics = KafkaFixture.topics(config);
        admin.createTopics(List.of(new NewTopic(topics.batches(), 1, (short) 1)
                        .configs(Map.of("cleanup.policy", "delete", "max.message.bytes", "20000000"))))
                .all()
                .get();
        new TopicCheck(config, INGEST).run();
        assertThat(settings(topics.deadLetters())).containsEntry("max.message.bytes", "20065536");

        alter(topics.deadLetters(), "max.message.bytes", "20000000");
        assertThatThrownBy(() -> new TopicCheck(config, INGEST).run())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContainingAll(topics.deadLetters(), "--add-config max.message.bytes=20065536");

        alter(topics.batches(), "max.message.bytes", "1048588");
        alter(topics.deadLetters(), "max.message.bytes", "1114124");
        assertThatThrownBy(() -> new TopicCheck(config, INGEST).run())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContainingAll(topics.deadLetters(), "--add-config max.message.bytes=8454144");

        alter(topics.deadLetters(), "max.message.bytes", "8454144");
        KafkaConfig tight = new KafkaConfig(
                config.bootstrapServers(),
                config.names(),
                config.startOffset(),
                config.timeouts(),
                config.delivery(),
                KafkaConfig.Clients.of(Map.of("max.request.size", "1048576", "buffer.memory", "33554432")));
        new TopicCheck(config, INGEST).run();
        assertThatThrownBy(() -> new TopicCheck(tight, INGEST).run())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("max.request.size=1048576")
                .message()
                .doesNotContain("buffer.memory");
    }

    @Test
    void onlyTheInputMayHaveSeveralPartitions() throws Exception {
        KafkaConfig config = job("several", true);
        Topics topics = KafkaFixture.topics(config);
        admin.createTopics(List.of(
                        new NewTopic(topics.batches(), 3, (short) 1), new NewTopic(topics.metrics(), 2, (short) 1)))
                .all()
                .get();
        assertThatThrownBy(() -> new TopicCheck(config, INGEST).run())
                .isInstanceOf(OperatorNeededException.class)
                .hasMessageContaining("topic several.digits.metrics has 2 partitions")
                .message()
                .doesNotContain("topic several.digits.batches has");
        admin.deleteTopics(List.of(topics.metrics())).all().get();
        // Deleted means that the controller has decided; the broker hears of it a moment later.
        await().until(() -> !admin.listTopics().names().get().contains(topics.metrics()));
        new TopicCheck(config, INGEST).run();
    }

    @Test
    void aSilentBrokerIsReportedAfterTheConfiguredTime() {
        KafkaConfig config = KafkaFixture.config("127.0.0.1:9", "digits");
        assertThatThrownBy(() -> new TopicCheck(config, INGEST).run())
                .isInstanceOf(BrokerUnreachableException.class)
                .hasMessageContainingAll("127.0.0.1:9", "5000 ms", "finecomb.kafka.bootstrap-servers");
    }
}
