package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.MaskHistory;
import dev.finecomb.TestTopics;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.mask.MaskRecord;
import dev.finecomb.protocol.tensor.SafetensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masks out of a real broker. */
class MaskExportCommandIT {
    @TempDir
    static Path shared;

    static EmbeddedKafka broker;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.start(shared.resolve("broker"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void theNewestSnapshotBecomesAFile() throws Exception {
        publish("newest", 3);
        Path file = folder.resolve("masks.safetensors");

        CommandRun run = export("newest", "--out", file, "--json");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.json().path("version").asInt()).isEqualTo(3);
        assertThat(run.json().at("/layers/0/kept").asInt()).isEqualTo(12);
        try (SafetensorsFile masks = SafetensorsFile.open(file)) {
            byte[] mask = masks.find("fc.weight").orElseThrow().data().toArray(ValueLayout.JAVA_BYTE);
            assertThat(mask).startsWith(0, 0, 1, 1, 1, 0, 0, 1);
            assertThat(masks.find("conv.weight").orElseThrow().shape()).containsExactly(2L, 4L, 3L, 3L);
            assertThat(masks.metadata()).containsEntry("state", "final").containsEntry("step", "30");
        }
    }

    @Test
    void anOlderOneWhileTheTopicHoldsIt() throws Exception {
        publish("older", 3);
        Path file = folder.resolve("masks.safetensors");

        CommandRun run = export("older", "--out", file, "--version", "2");

        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.out()).contains("version 2 of incarnation i1, step 20, searching, 2:4");
        CommandRun missing = export("older", "--out", folder.resolve("other"), "--version", "7");
        assertThat(missing.exitCode()).isEqualTo(78);
        assertThat(missing.complaints()).contains("mask version 7", "the versions [1, 2, 3]");
    }

    @Test
    void anExistingFileIsKeptUnlessToldOtherwise() throws Exception {
        publish("kept", 1);
        Path file = Files.writeString(folder.resolve("masks.safetensors"), "precious");

        CommandRun refused = export("kept", "--out", file);

        assertThat(refused.exitCode()).isEqualTo(64);
        assertThat(refused.complaints()).contains("exists", "--force");
        assertThat(file).hasContent("precious");
        assertThat(export("kept", "--out", file, "--force", "--packed").exitCode())
                .isZero();
        try (SafetensorsFile masks = SafetensorsFile.open(file)) {
            assertThat(masks.find("fc.weight").orElseThrow().shape()).containsExactly(3L);
        }
    }

    @Test
    void whatCantBeSaysWhy() throws Exception {
        emptyTopic("finecomb.silent.masks");
        Path file = folder.resolve("masks.safetensors");

        assertEnds(export("silent", "--out", file, "--timeout", "2s"), 75, "no snapshot in finecomb.silent.masks-0");
        assertEnds(
                export("nobody", "--out", file, "--timeout", "3s"),
                78,
                "Topic finecomb.nobody.masks does not exist",
                "--job");
        assertEnds(export("silent", "--out", folder), 64, "is a directory");
        assertEnds(export("silent", "--out", file, "--version", "0"), 64, "from 1 on");
        assertEnds(export("silent"), 64, "--out");
        publish("placed", 1);
        assertEnds(export("placed", "--out", folder.resolve("no/such/place")), 78, "can't be written");
        assertEnds(
                CommandRun.of(
                        "mask",
                        "export",
                        "--bootstrap-servers",
                        "127.0.0.1:1",
                        "--job",
                        "x",
                        "--out",
                        file,
                        "--timeout",
                        "1s"),
                75,
                "No answer from 127.0.0.1:1");
        assertThat(folder).isEmptyDirectory();
    }

    private static void assertEnds(CommandRun run, int code, String... parts) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(code);
        assertThat(run.complaints()).contains(parts);
    }

    private static CommandRun export(String job, Object... more) {
        return CommandRun.of(Stream.concat(
                        Stream.of("mask", "export", "--bootstrap-servers", broker.bootstrapServers(), "--job", job),
                        Stream.of(more))
                .toArray());
    }

    private static void emptyTopic(String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TestTopics.create(admin, name, 1);
        }
    }

    private static void publish(String job, int versions) throws Exception {
        String topic = "finecomb." + job + ".masks";
        emptyTopic(topic);
        List<MaskRecord> records = new MaskHistory(job, versions).records(versions);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (MaskRecord record : records) {
                producer.send(new ProducerRecord<>(topic, 0, record.keyBytes(), record.value()))
                        .get();
            }
        }
    }
}
