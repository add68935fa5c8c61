package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that end as the calm one, although their committed checkpoint is damaged, or a batch kills the process. */
class RewindIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final String JOB = "damaged";

    @TempDir
    static Path directory;

    static EmbeddedKafka broker;

    @BeforeAll
    static void runTheCalmJob() throws Exception {
        broker = EmbeddedKafka.start(directory.resolve("broker"));
        run(broker, prepare(broker, "calm", Map.of()), "calm", 0, JobWorld.STEPS);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void aDamagedCheckpointStopsTheJobOrIsReplacedByTheSameStateToTheBit() throws Exception {
        long begin = System.nanoTime();
        Path stop = prepare(broker, JOB, Map.of());
        run(broker, stop, JOB, 0, 12);

        Path state = newest().resolve("state.safetensors");
        String expected = Sha256.hex(state);
        flip(state);
        requireRefused(stop, state, expected, Sha256.hex(state));

        Path rewind = prepare(broker, JOB, Map.of("checkpoint.on-corrupt", "rewind"));
        String log = run(broker, rewind, JOB, 12, 17);
        assertThat(log).contains("rewinding from checkpoint=", "the state of step 12 is the committed one");

        delete(newest());
        log = run(broker, rewind, JOB, 17, 20);
        assertThat(log).contains("the state of step 17 is the committed one");

        Files.writeString(newest().resolve("manifest.json"), "{}");
        flip(newest().resolve("job.json"));
        log = run(broker, rewind, JOB, 20, JobWorld.STEPS);
        assertThat(log).contains("written back from the published manifest", "resumed checkpoint=");

        JobEnd.requireSameModel(directory.resolve("calm/export"), directory.resolve(JOB + "/export"));
        JobEnd.requireCleanLedger(broker.bootstrapServers(), JOB, JobWorld.STEPS);
        requireRewound(broker, 2);
        Battery.ran("checkpoint-damaged-rewind", 3, Duration.ofNanos(System.nanoTime() - begin), "same model");
    }

    @Test
    void aBatchThatKillsTheProcessThreeTimesIsQuarantinedAndTheOthersTrained() throws Exception {
        long begin = System.nanoTime();
        String job = "deadly";
        List<byte[]> values = new ArrayList<>(JobWorld.batches(JobWorld.STEPS));
        float[] marked = new float[16];
        marked[0] = DeadlyService.MARK;
        values.add(12, BatchEncoder.encode(Tensors.f32("x", marked, 1, 16), Tensors.i64("y", new long[] {3}, 1)));
        Path settings = prepare(broker, job, Map.of());
        for (int death = 1; death <= 3; death++) {
            try (ServiceProcess service = ServiceProcess.startMain(settings, DeadlyService.class, List.of())) {
                if (death == 1) {
                    await(service, status -> state(status).equals("learning"));
                    JobWorld.send(broker.bootstrapServers(), JobWorld.topic(job, "batches"), values);
                }
                assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(137);
            }
        }
        try (ServiceProcess service = ServiceProcess.startMain(settings, DeadlyService.class, List.of())) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            assertThat(service.log()).contains("3 times in a row in step=13: its batch is quarantined");
        }
        JobEnd.requireSameModel(directory.resolve("calm/export"), directory.resolve(job + "/export"));
        JobEnd.requireCleanLedger(broker.bootstrapServers(), job, JobWorld.STEPS);
        assertThat(TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(job, "dead-letters")))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.value()).isEqualTo(values.get(12));
                    assertThat(letter.headers().lastHeader("fc-reason").value())
                            .asString(StandardCharsets.UTF_8)
                            .isEqualTo("QUARANTINED");
                });
        Battery.ran("batch-kills-three-times", 1, Duration.ofNanos(System.nanoTime() - begin), "same model");
    }

    private static void requireRefused(Path settings, Path file, String expected, String found) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(78);
            assertThat(service.log())
                    .contains(
                            "Checkpoint file " + file + " is not the one that was committed: expected sha256:"
                                    + expected + ", found sha256:" + found,
                            "finecomb.checkpoint.on-corrupt=rewind");
        }
    }

    /** Starts the job, which stands at {@code from}, brings it to {@code to}, and stops it; what it printed. */
    private static String run(EmbeddedKafka broker, Path settings, String job, int from, int to) throws Exception {
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            await(service, status -> from == 0 ? state(status).equals("learning") : step(status) == from);
            List<byte[]> values = JobWorld.batches(JobWorld.STEPS);
            JobWorld.send(broker.bootstrapServers(), JobWorld.topic(job, "batches"), values.subList(from, to));
            if (to < JobWorld.STEPS) {
                await(service, status -> status.path("commit").path("step").asLong() == to);
                service.terminate();
            }
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            return service.log();
        }
    }

    private static String state(JsonNode status) {
        return status.path("phase").path("state").asText();
    }

    private static long step(JsonNode status) {
        return status.path("training").path("progress").path("step").asLong();
    }

    private static void await(ServiceProcess service, Predicate<JsonNode> wanted) throws InterruptedException {
        assertThat(service.awaitJob(wanted, LONG)).as(service.log()).isTrue();
    }

    private static Path prepare(EmbeddedKafka broker, String job, Map<String, Object> more) throws Exception {
        Map<String, Object> settings =
                new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), job, directory.resolve(job)));
        settings.put("checkpoint.every-steps", 5);
        settings.putAll(more);
        return JobWorld.write(settings, directory.resolve(job));
    }

    /** The checkpoint written last, which is the committed one of a job that ended in order. */
    private static Path newest() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve(JOB + "/checkpoints"))) {
            return entries.filter(path -> path.getFileName().toString().matches(".*-[0-9]{12}"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 4;
        Files.write(file, bytes);
    }

    private static void delete(Path checkpoint) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoint)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private static void requireRewound(EmbeddedKafka broker, int times) throws Exception {
        List<JobEvent> rewound = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TopicReader.readCommitted(broker.bootstrapServers(), JobWorld.topic(JOB, "events"))) {
            JobEvent event = JobEvent.decode(record.value());
            if (event.kind() == EventKind.REWOUND) {
                rewound.add(event);
            }
        }
        assertThat(rewound).hasSize(times);
        assertThat(rewound.getFirst().origin().step()).isEqualTo(12);
        assertThat(rewound.getFirst().details()).containsKeys("fromCheckpoint", "toCheckpoint");
    }
}
