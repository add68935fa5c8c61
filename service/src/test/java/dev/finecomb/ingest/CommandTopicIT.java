package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Verb;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands topic of a real broker: where it is read on, and what a record that is no order looks like. */
class CommandTopicIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    static EmbeddedKafka broker;
    static Admin admin;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(directory.resolve("broker"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    @Test
    void isReadFromItsBeginningAtFirstAndThenWhereItWasLeft() throws Exception {
        KafkaConfig config = prepare("goes-on");
        String id = create(config);
        send(config, "a", "b", "c");

        assertThat(read(config, "", 0, 3)).containsExactly("a@0", "b@1", "c@2");
        assertThat(read(config, id, 2, 1)).containsExactly("c@2");
    }

    @Test
    void aTopicThatDoesNotHoldTheNextRecordIsReadFromItsBeginning() throws Exception {
        KafkaConfig config = prepare("truncated");
        String id = create(config);
        send(config, "a", "b");

        assertThat(read(config, id, 17, 2)).containsExactly("a@0", "b@1");
    }

    @Test
    void aTopicThatWasMadeAnewIsReadFromItsBeginning() throws Exception {
        KafkaConfig config = prepare("anew");
        create(config);
        send(config, "a", "b");

        assertThat(read(config, Uuid.randomUuid().toString(), 1, 2)).containsExactly("a@0", "b@1");
    }

    @Test
    void aMissingTopicIsAwaited() throws Exception {
        KafkaConfig config = prepare("missing");
        try (CommandTopic topic = CommandTopic.open(config)) {
            topic.start("", 0);
            assertThat(topic.poll()).isEmpty();
            create(config);
            send(config, "a");
            assertThat(await(topic, 1)).containsExactly("a@0");
        }
    }

    @Test
    void whatIsNoOrderIsNamedByItsKeyOrItsPlace() throws Exception {
        KafkaConfig config = prepare("malformed");
        create(config);
        String name = KafkaFixture.topics(config).commands();
        byte[] key = "mine".getBytes(StandardCharsets.UTF_8);
        byte[] stop = Command.of("x", Verb.STOP).encode();
        try (var producer = KafkaFixture.producer(broker.bootstrapServers(), Map.of())) {
            producer.send(new ProducerRecord<>(name, key, null)).get();
            producer.send(new ProducerRecord<>(name, null, "{}".getBytes(StandardCharsets.UTF_8)))
                    .get();
            producer.send(new ProducerRecord<>(name, new byte[129], new byte[CommandRecord.MAX_BYTES + 1]))
                    .get();
            producer.send(new ProducerRecord<>(name, new byte[] {(byte) 0xFF}, new byte[] {(byte) 0xFF}))
                    .get();
            producer.send(new ProducerRecord<>(name, null, stop)).get();
        }

        assertThat(read(config, "", 0, 5))
                .containsExactly(
                        "mine: (value): expected a JSON object, found no value@0",
                        name + "-0@1: id: expected text, found no such field@1",
                        name + "-0@2: (value): expected at most 65536 bytes, found 65537 bytes@2",
                        name + "-0@3: (value): expected UTF-8 text, found bytes that are not UTF-8@3",
                        "x@4");
    }

    @Test
    void moreThanTheQueueHoldsArrivesInOrder() throws Exception {
        KafkaConfig config = prepare("many");
        create(config);
        String[] ids = IntStream.range(0, 100).mapToObj(i -> "id" + i).toArray(String[]::new);
        send(config, ids);

        assertThat(read(config, "", 0, 100))
                .containsExactlyElementsOf(IntStream.range(0, 100)
                        .mapToObj(i -> "id" + i + "@" + i)
                        .toList());
    }

    @Test
    void closesPromptlyWhileItsQueueIsFullAndWhileNothingWasStarted() throws Exception {
        KafkaConfig config = prepare("closing");
        create(config);
        send(config, IntStream.range(0, 50).mapToObj(i -> "id" + i).toArray(String[]::new));
        long begin;
        try (CommandTopic _ = CommandTopic.open(config);
                CommandTopic topic = CommandTopic.open(config)) {
            topic.start("", 0);
            assertThat(await(topic, 1)).hasSize(1);
            begin = System.nanoTime();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    private static KafkaConfig prepare(String job) {
        return KafkaFixture.config(broker.bootstrapServers(), job);
    }

    /** Makes the topic and returns its identity. */
    private static String create(KafkaConfig config) throws Exception {
        String name = KafkaFixture.topics(config).commands();
        return admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)))
                .topicId(name)
                .get()
                .toString();
    }

    private static void send(KafkaConfig config, String... ids) throws Exception {
        try (var producer = KafkaFixture.producer(broker.bootstrapServers(), Map.of())) {
            for (String id : ids) {
                var record = new ProducerRecord<byte[], byte[]>(
                        KafkaFixture.topics(config).commands(),
                        Command.of(id, Verb.CHECKPOINT).encode());
                producer.send(record).get();
            }
        }
    }

    private static List<String> read(KafkaConfig config, String topicId, long nextOffset, int count) throws Exception {
        try (CommandTopic topic = CommandTopic.open(config)) {
            topic.start(topicId, nextOffset);
            return await(topic, count);
        }
    }

    private static List<String> await(CommandTopic topic, int count) throws InterruptedException {
        List<String> read = new ArrayList<>();
        long deadline = System.nanoTime() + LONG.toNanos();
        while (read.size() < count && System.nanoTime() < deadline) {
            Optional<CommandRecord> record = topic.poll();
            if (record.isPresent()) {
                read.add(inWords(record.get().content()) + "@" + record.get().offset());
            } else {
                Thread.sleep(10);
            }
        }
        return read;
    }

    private static String inWords(CommandRecord.Content content) {
        return switch (content) {
            case CommandRecord.Order(Command command) -> command.id();
            case CommandRecord.Malformed(String name, String reason) -> name + ": " + reason;
        };
    }
}
