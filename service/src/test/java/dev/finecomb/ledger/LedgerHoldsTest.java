package dev.finecomb.ledger;

import static dev.finecomb.ledger.LedgerWorld.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.message.FileEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sound, though it may look odd, passes. */
class LedgerHoldsTest {
    @Test
    void aGoodHistory() {
        LedgerReport report = LedgerWorld.good().audit();

        assertThat(report.holds()).as(report.toString()).isTrue();
        assertThat(report.count(Finding.Verdict.OK)).as(report.toString()).isEqualTo(10);
        assertThat(report.toString())
                .contains("ok    steps", "10 metrics, steps 1 to 10", "10 records trained on, 2 refused")
                .endsWith("The ledger of fc.digits holds: 10 ok, 0 bad, 1 skipped");
    }

    @Test
    void aModelWhereverItIsRead() {
        LedgerWorld world = LedgerWorld.good();
        world.models = location -> {
            assertThat(location).isEqualTo("s3://models/digits");
            return Optional.of(_ -> LedgerWorld.digest("weights"));
        };
        assertThat(world.audit().toString())
                .contains("at s3://models/digits, 1 files digested")
                .endsWith("holds: 11 ok, 0 bad, 0 skipped");
    }

    @Test
    void aModelWhosePlaceIsAwayIsNotJudged() {
        LedgerWorld world = LedgerWorld.good();
        world.models = _ -> Optional.of(_ -> {
            throw new IOException("SlowDown");
        });
        assertThat(world.audit().toString())
                .contains("skip  model", "s3://models/digits/model.safetensors can't be read: SlowDown")
                .endsWith("holds: 10 ok, 0 bad, 1 skipped");
    }

    @Test
    void nothingButTheBeginning() {
        LedgerWorld world = LedgerWorld.good();
        List.of(TOPICS.metrics(), TOPICS.deadLetters(), TOPICS.models())
                .forEach(topic -> world.of(topic).clear());
        world.of(TOPICS.checkpoints()).subList(1, 3).clear();
        world.of(TOPICS.events()).subList(1, 4).clear();
        world.of(TOPICS.masks()).subList(3, 8).clear();
        world.commit(world.manifests.getFirst());

        requireHolds(world.audit());
    }

    @Test
    void topicsWhoseOldestRecordsAreDeleted() {
        LedgerWorld world = LedgerWorld.good();
        world.trim(TOPICS.metrics(), 4);
        world.trim(TOPICS.batches(), 3);
        world.trim(TOPICS.events(), 2);
        world.of(TOPICS.checkpoints()).removeFirst();

        LedgerReport report = world.audit();

        requireHolds(report);
        assertThat(report.toString()).contains("steps 5 to 10 of incarnation i1; retention has deleted older ones");
    }

    @Test
    void recordsOfOtherJobsInSharedTopics() {
        LedgerWorld world = LedgerWorld.good();
        world.add(
                TOPICS.checkpoints(),
                "letters",
                new byte[] {'?'},
                new CloudEvent(new Origin("letters", "i1", 1), MessageKind.CHECKPOINT, 1, Instant.EPOCH));

        requireHolds(world.audit());
    }

    @Test
    void masksOfWhichCompactionHasTakenOldChunks() {
        LedgerWorld world = LedgerWorld.good();
        // Of version 1 and 2 the manifests are left, of the chunk that version 3 replaced nothing.
        world.of(TOPICS.masks()).removeIf(record -> record.hasKey("a.weight#0") && record.offset() < 5);

        requireHolds(world.audit());
    }

    @Test
    void aJobThatCommitsWhileItIsRead() {
        LedgerWorld world = LedgerWorld.good();
        long position = world.manifests.get(1).positions().getOrDefault(0, 0L);
        Committed before = Committed.of(Map.of(
                0,
                new OffsetAndMetadata(position, world.manifests.get(1).pointer().format())));

        LedgerReport report = world.audit(before);

        requireHolds(report);
        assertThat(report.toString()).contains("skip  model");
    }

    @Test
    void stepsThatAreCutFromSamples() {
        LedgerWorld world = LedgerWorld.good(Map.of("batchSize", Scalar.of(2)));
        // Ten accepted records of three samples: fifteen steps of two.
        world.of(TOPICS.metrics()).clear();
        for (int step = 1; step <= 14; step++) {
            int record = (step * 2 + LedgerWorld.SAMPLES - 1) / LedgerWorld.SAMPLES;
            world.metrics(LedgerWorld.origin(step), 0, world.trainedOffset(record), 2);
        }
        // After fourteen the last record is consumed in part, and so it is where the position stands.
        world.of(TOPICS.checkpoints()).removeLast();
        world.manifest(3, 14, world.trainedOffset(10));
        world.commit(world.manifests.getLast());
        requireHolds(world.audit());

        world.manifest(4, 14, world.nextOffset());
        world.commit(world.manifests.getLast());
        LedgerReport missing = world.audit();
        assertThat(missing.holds()).isFalse();
        assertThat(missing.toString()).contains("BAD   coverage", "2 samples were not trained on");

        world.metrics(LedgerWorld.origin(15), 0, world.trainedOffset(10), 2);
        world.manifest(5, 15, world.nextOffset());
        world.commit(world.manifests.getLast());
        requireHolds(world.audit());
    }

    @Test
    void repeatsAndLostCutsWhereOnlyAtLeastOnceIsPromised() {
        LedgerWorld world = LedgerWorld.good();
        for (String topic : List.of(TOPICS.metrics(), TOPICS.masks(), TOPICS.deadLetters(), TOPICS.events())) {
            world.repeat(topic, 1);
        }
        world.metrics(LedgerWorld.STEPS + 1, 0, world.nextOffset());
        world.manifest(3, LedgerWorld.STEPS + 1, world.nextOffset() + 1);

        assertThat(world.audit().holds()).isFalse();
        LedgerReport report = world.audit(world.committed, Delivery.AT_LEAST_ONCE);
        requireHolds(report);
        assertThat(report.toString()).contains("3 repeats");
    }

    @Test
    void theModelsFilesAreLookedAt(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("model.safetensors"), "weights");
        LedgerWorld world = LedgerWorld.good();
        List<FileEntry> files = List.of(new FileEntry("model.safetensors", 7, Sha256.hex(file)));
        world.of(TOPICS.models()).clear();
        world.of(TOPICS.events()).removeLast();
        world.model(LedgerWorld.STEPS, directory.toUri().toString(), files);
        requireHolds(world.audit());

        Files.writeString(file, "other weights");

        LedgerReport report = world.audit();
        assertThat(report.holds()).isFalse();
        assertThat(report.toString()).contains("BAD   model", "model.safetensors has SHA-256");
    }

    @Test
    void theReportIsOneJsonObject() throws Exception {
        LedgerWorld world = LedgerWorld.good();
        for (int i = 0; i < 7; i++) {
            world.repeat(TOPICS.metrics(), i);
        }

        JsonNode json = new JsonMapper().readTree(world.audit().toJson().getBytes(UTF_8));

        assertThat(json.path("job").asText()).isEqualTo("digits");
        assertThat(json.path("holds").asBoolean(true)).isFalse();
        assertThat(json.path("bad").asInt()).isEqualTo(1);
        JsonNode ids = json.path("findings").path(1);
        assertThat(ids.path("check").asText()).isEqualTo("ids");
        assertThat(ids.path("violationCount").asInt()).isEqualTo(7);
        assertThat(ids.path("violations").size()).isEqualTo(5);
        assertThat(ids.path("violations").path(0).path("what").asText())
                .isEqualTo("fc.digits.metrics-0@10 repeats ce_id digits/i1/1/metrics/0");
    }

    @Test
    void manyStepsTakeSecondsAndLittleMemory() {
        LedgerWorld world = LedgerWorld.good();
        List.of(TOPICS.metrics(), TOPICS.deadLetters(), TOPICS.batches())
                .forEach(topic -> world.of(topic).clear());
        int steps = 20_000;
        for (int step = 1; step <= steps; step++) {
            world.input();
            world.metrics(step, 0, world.nextOffset() - 1);
        }
        long first = world.of(TOPICS.batches()).getFirst().offset();
        world.of(TOPICS.checkpoints()).clear();
        world.manifest(0, 0, first);
        world.manifest(9, steps, world.nextOffset());
        world.commit(world.manifests.getLast());

        long begin = System.nanoTime();
        LedgerReport report = world.audit();

        requireHolds(report);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        assertThat(report.toString()).contains(steps + " records trained on, 0 refused");
    }

    private static void requireHolds(LedgerReport report) {
        assertThat(report.holds()).as(report.toString()).isTrue();
    }

    /** The ledger depends on nothing but the protocol, so it knows the trainer's name only by heart. */
    @Test
    void theTrainerIsKnownByItsName() {
        assertThat(CoverageCheck.TRAINER).isEqualTo(dev.finecomb.training.Trainer.class.getName());
    }
}
