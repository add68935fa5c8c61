package dev.finecomb.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.Battery;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.ledger.Delivery;
import dev.finecomb.ledger.Ledger;
import dev.finecomb.ledger.LedgerReport;
import dev.finecomb.ledger.ModelFiles;
import dev.finecomb.protocol.HeaderNames;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.MaskManifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job on a broker that has no transactions, killed around its commits: the same model, and for whoever drops repeats the
 * same outputs as exactly-once gives on a broker that has them.
 */
class AtLeastOnceIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int KILLS = 3 * Battery.count("fault.rounds", 1);
    private static final long SEED = Long.getLong("fault.seed", 20261124L);
    private static final String JOB = "repeated";
    private static final Topics TOPICS = new Topics("finecomb", JOB);

    /** A log of transactions that one broker can't hold: their coordinator never comes up. */
    private static final Map<String, String> NO_TRANSACTIONS =
            Map.of("transaction.state.log.replication.factor", "3", "transaction.state.log.min.isr", "2");

    @TempDir
    Path directory;

    @Test
    void aKilledJobWithoutTransactionsSaysWhatExactlyOnceSays() throws Exception {
        List<String> expected;
        Path calm = directory.resolve("calm");
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("with"))) {
            Path settings = prepare(broker, calm, "exactly-once");
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                feed(service, broker, 0, JobWorld.STEPS);
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
            expected = outputs(broker);
        }
        long begin = System.nanoTime();
        Path killed = directory.resolve("killed");
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("without"), 0, NO_TRANSACTIONS)) {
            requireNoTransactions(broker);
            Path settings = prepare(broker, killed, "at-least-once");
            kill(broker, settings);
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
            LedgerReport report = Ledger.audit(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    TOPICS,
                    new Ledger.Promise(Delivery.AT_LEAST_ONCE, ModelFiles.LOCAL),
                    Duration.ofSeconds(20));
            assertThat(report.holds()).as("seed %d:%n%s", SEED, report).isTrue();
            assertThat(outputs(broker)).as("seed %d", SEED).containsExactlyElementsOf(expected);
        }
        for (String file : List.of("model.safetensors", "mask.safetensors")) {
            assertThat(killed.resolve("export").resolve(file))
                    .as("seed %d", SEED)
                    .hasSameBinaryContentAs(calm.resolve("export").resolve(file));
        }
        Battery.ran("at-least-once-kill", KILLS, Duration.ofNanos(System.nanoTime() - begin), "same model and outputs");
    }

    /** Feeds the job in parts, and kills it soon after each. */
    private static void kill(EmbeddedKafka broker, Path settings) throws Exception {
        var random = new Random(SEED);
        int sent = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            int until = JobWorld.STEPS * kill / KILLS;
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                feed(service, broker, sent, until);
                sent = until;
                // In the last part the process may be done sooner.
                int step = Math.max(1, until - 1 - random.nextInt(4));
                service.awaitJob(status -> step(status) >= step, LONG);
                Thread.sleep(random.nextInt(80));
                service.kill();
            }
        }
    }

    private static long step(JsonNode status) {
        return status.path("training").path("progress").path("step").asLong();
    }

    private static void feed(ServiceProcess service, EmbeddedKafka broker, int from, int until) throws Exception {
        assertThat(service.awaitJob(
                        status -> status.path("runtime").path("owner").asBoolean(), LONG))
                .as(service.log())
                .isTrue();
        JobWorld.send(
                broker.bootstrapServers(),
                TOPICS.batches(),
                JobWorld.batches(JobWorld.STEPS).subList(from, until));
    }

    private static Path prepare(EmbeddedKafka broker, Path work, String delivery) throws Exception {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), JOB, work));
        settings.put("kafka.delivery", delivery);
        settings.put("checkpoint.every-steps", 2);
        return JobWorld.write(settings, work);
    }

    private static void requireNoTransactions(EmbeddedKafka broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.bootstrapServers(), "transactional.id", "probe", "max.block.ms", 1500);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(TimeoutException.class);
        }
    }

    /** What a consumer that drops repeats sees: identity and content, without the incarnation's name and the times. */
    private static List<String> outputs(EmbeddedKafka broker) throws Exception {
        List<String> outputs = new ArrayList<>();
        for (String topic : List.of(TOPICS.metrics(), TOPICS.masks())) {
            Map<String, String> byId = new LinkedHashMap<>();
            for (ConsumerRecord<byte[], byte[]> record : TopicReader.readCommitted(broker.bootstrapServers(), topic)) {
                String incarnation = header(record, HeaderNames.INCARNATION);
                String id = header(record, HeaderNames.ID).replace(incarnation, "i");
                String content = content(record, incarnation);
                String before = byId.putIfAbsent(id, content);
                assertThat(before == null ? content : before)
                        .as("a repeat of %s", id)
                        .isEqualTo(content);
            }
            byId.forEach((id, content) -> outputs.add(id + " " + content));
        }
        return outputs;
    }

    private static String content(ConsumerRecord<byte[], byte[]> record, String incarnation) throws Exception {
        if (new String(record.key(), UTF_8).equals(MaskManifest.KEY)) {
            MaskManifest manifest = MaskManifest.decode(record.value());
            return manifest.version() + " " + manifest.origin().step() + " " + manifest.state() + manifest.layers();
        }
        return new String(record.value(), UTF_8).replace(incarnation, "i").replaceFirst("\"stepMillis\":[^,]*,", "");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
