package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.finecomb.JobEnd;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskAssembler;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskLayer;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskRecord;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.MaskSubscriber;
import dev.finecomb.protocol.mask.MaskUnavailableException;
import dev.finecomb.protocol.mask.Pattern;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What tools and strangers do to a job's offsets and topics; the job itself is whole, in this process. */
@Timeout(180)
@ResourceLock(FaultJob.ENGINE)
class TopicFaultIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int FEW = 10;

    @TempDir
    static Path directory;

    private static EmbeddedKafka broker;
    private static String address;
    private static Admin admin;
    private static FaultJob calm;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedKafka.start(directory.resolve("broker"));
        address = broker.bootstrapServers();
        admin = Admin.create(Map.of("bootstrap.servers", address));
        calm = job("calm").trainCalmly(address);
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static FaultJob job(String name) {
        return new FaultJob(name, directory.resolve(name), JobWorld.STEPS, Map.of("kafka.transaction-timeout", "2s"));
    }

    /** Feeds those records, trains on them and stops. */
    private static void train(FaultJob job, int from, int to) throws Exception {
        try (JobThread thread = JobThread.start(job.config(address))) {
            thread.awaitRestored();
            job.feed(address, from, to);
            thread.awaitCommitted(to);
            assertThat(thread.stop()).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
    }

    /** Feeds the last records and holds the whole life of the job to its promises. */
    private static void finish(FaultJob job, int from) throws Exception {
        job.feed(address, from, job.steps());
        try (JobThread thread = JobThread.start(job.config(address))) {
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
        JobEnd.requireSameModel(
                calm.directory().resolve("export"), job.directory().resolve("export"));
        JobEnd.requireEachStepOnce(address, job.name(), job.steps());
    }

    /** Starts the job, which must end with 78, and returns what it says. */
    private static String refused(FaultJob job) throws Exception {
        try (JobThread thread = JobThread.start(job.config(address))) {
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.CONFIGURATION);
            return thread.failure();
        }
    }

    private static String group(FaultJob job) {
        return new Topics("finecomb", job.name()).owner();
    }

    private static TopicPartition input(FaultJob job) {
        return new TopicPartition(job.topic("batches"), 0);
    }

    @Test
    void lostOffsetsAreReplacedByTheManifestAndStrippedOnesRefusedUntilForgotten() throws Exception {
        FaultJob job = job("offsets");
        train(job, 0, FEW);
        admin.deleteConsumerGroupOffsets(group(job), Set.of(input(job))).all().get();
        train(job, FEW, FEW + 5);
        admin.deleteConsumerGroups(List.of(group(job))).all().get();
        train(job, FEW + 5, 2 * FEW);
        admin.alterConsumerGroupOffsets(group(job), Map.of(input(job), new OffsetAndMetadata(2L * FEW)))
                .all()
                .get();

        assertThat(refused(job))
                .contains(
                        group(job),
                        "no checkpoint's pointer",
                        "kafka-consumer-groups.sh --bootstrap-server " + address + " --group " + group(job)
                                + " --delete-offsets --topic " + job.topic("batches"));
        JobEnd.requireEachStepOnce(address, job.name(), 2 * FEW);

        admin.deleteConsumerGroupOffsets(group(job), Set.of(input(job))).all().get();
        finish(job, 2 * FEW);
    }

    @Test
    void anInputThatLostUntrainedRecordsIsRefused() throws Exception {
        FaultJob job = job("truncated");
        train(job, 0, FEW);
        truncate(job, FEW);
        // Up to the committed offset nothing is missing.
        train(job, FEW, FEW + 2);
        job.feed(address, FEW + 2, 2 * FEW);
        truncate(job, FEW + 5);

        assertThat(refused(job))
                .contains(
                        job.topic("batches"),
                        "has to go on at offset 12",
                        "holds offsets 15 up to but not including 20",
                        "finecomb.kafka.job");
        JobEnd.requireEachStepOnce(address, job.name(), FEW + 2);
    }

    private static void truncate(FaultJob job, long before) throws Exception {
        admin.deleteRecords(Map.of(input(job), RecordsToDelete.beforeOffset(before)))
                .all()
                .get();
    }

    @Test
    void anInputMadeAnewWhileTheJobIsStoppedIsRefused() throws Exception {
        FaultJob job = job("replaced");
        train(job, 0, FEW);
        makeAnew(job);
        job.feed(address, 0, 2 * FEW);

        assertThat(refused(job)).contains(job.topic("batches"), "made anew", "finecomb.checkpoint.directory");
        JobEnd.requireEachStepOnce(address, job.name(), FEW);
    }

    /** The new topic holds records at the offsets at which the job goes on: none of them may count. */
    @Test
    void anInputMadeAnewOrDeletedUnderARunningJobEndsItWithNothingOfTheNewOneShown() throws Exception {
        FaultJob anew = job("anew");
        FaultJob deleted = job("deleted");
        try (JobThread first = JobThread.start(anew.config(address));
                JobThread second = JobThread.start(deleted.config(address))) {
            for (var running : Map.of(first, anew, second, deleted).entrySet()) {
                running.getKey().awaitState("learning");
                running.getValue().feed(address, 0, FEW);
                running.getKey().awaitCommitted(FEW);
            }
            admin.deleteTopics(List.of(deleted.topic("batches"))).all().get();
            makeAnew(anew);
            anew.feed(address, 0, 2 * FEW);

            assertThat(first.end(LONG)).as(first.failure()).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(first.failure()).contains(anew.topic("batches"), "made anew");
            assertThat(second.end(LONG)).as(second.failure()).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(second.failure()).contains(deleted.topic("batches"), "does not exist");
        }
        JobEnd.requireEachStepOnce(address, anew.name(), FEW);
        JobEnd.requireEachStepOnce(address, deleted.name(), FEW);
    }

    private static void makeAnew(FaultJob job) throws Exception {
        admin.deleteTopics(List.of(job.topic("batches"))).all().get();
        var same = new NewTopic(job.topic("batches"), 1, (short) 1)
                .configs(Map.of("cleanup.policy", "delete", "max.message.bytes", "1048576"));
        // Until the deletion is through, the name is taken.
        await().atMost(LONG)
                .ignoreExceptions()
                .until(() -> admin.createTopics(List.of(same)).all().get() == null);
    }

    @Test
    void aStrangersOpenTransactionOnTheCheckpointsHoldsTheStartUpToItsBound() throws Exception {
        FaultJob job = job("hidden");
        train(job, 0, FEW);
        try (var stranger = stranger("stranger-checkpoints")) {
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>("finecomb.checkpoints", bytes("stranger"), bytes("{}")))
                    .get();
            try (JobThread thread = JobThread.start(job.config(address))) {
                assertThat(thread.end(Duration.ofSeconds(20))).isEqualTo(ExitCode.RETRY);
                assertThat(thread.failure()).contains("finecomb.checkpoints-0", "kafka-transactions.sh find-hanging");
            }
            JobEnd.requireEachStepOnce(address, job.name(), FEW);
            stranger.abortTransaction();
        }
        finish(job, FEW);
    }

    @Test
    void aStrangersOpenTransactionOnTheMasksHidesNothingUnnoticed() throws Exception {
        FaultJob job = job("masked");
        train(job, 0, FEW / 2);
        MaskSnapshot old = newest(job, LONG);
        try (var stranger = stranger("stranger-masks")) {
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(job.topic("masks"), bytes("stranger"), bytes("x")))
                    .get();
            finish(job, FEW / 2);
            assertThatThrownBy(() -> newest(job, Duration.ofSeconds(2)))
                    .isInstanceOf(MaskUnavailableException.class)
                    .hasMessageContaining("of");
            stranger.abortTransaction();
        }
        assertThat(newest(job, LONG).state()).isEqualTo(MaskState.FINAL);
        assertThat(old.state()).isEqualTo(MaskState.SEARCHING);
    }

    /** A reader of uncommitted records sees an aborted snapshot's pieces, and the digests tell it that they are no whole. */
    @Test
    void anAbortedSnapshotIsNotAppliedEvenByAReaderOfUncommittedRecords() throws Exception {
        FaultJob job = job("aborted");
        train(job, 0, FEW / 2);
        MaskSnapshot old = newest(job, LONG);
        MaskPublication first = after(old, old.version() + 1, 0xFC);
        MaskPublication second = after(old, old.version() + 2, 0xF3);
        try (var stranger = stranger("torn")) {
            stranger.beginTransaction();
            for (MaskRecord chunk : first.records().subList(0, first.records().size() - 1)) {
                send(stranger, job, chunk);
            }
            stranger.abortTransaction();
            assertThat(uncommitted(job).standing())
                    .isInstanceOfSatisfying(
                            MaskAssembler.Complete.class,
                            complete ->
                                    assertThat(complete.snapshot().version()).isEqualTo(old.version()));
            stranger.beginTransaction();
            send(stranger, job, second.records().getLast());
            stranger.abortTransaction();
        }
        assertThat(uncommitted(job).standing()).isInstanceOf(MaskAssembler.Incomplete.class);
        assertThat(newest(job, LONG).version()).isEqualTo(old.version());
        finish(job, FEW / 2);
    }

    /** The next snapshot, with another first byte in the first layer's bits. */
    private static MaskPublication after(MaskSnapshot old, long version, int firstByte) {
        List<LayerBits> layers = new ArrayList<>();
        for (MaskLayer layer : old.layers()) {
            byte[] bits = new byte[layer.bits().bits().remaining()];
            layer.bits().bits().get(bits);
            if (layers.isEmpty()) {
                bits[0] = (byte) firstByte;
            }
            layers.add(new LayerBits(layer.parameter(), layer.layout(), bits));
        }
        var draft = new MaskDraft(
                old.manifest().origin(), version, MaskState.SEARCHING, new Pattern(2, 4), List.copyOf(layers));
        return MaskPublication.after(old.manifest(), draft);
    }

    private static MaskAssembler uncommitted(FaultJob job) throws Exception {
        var assembler = new MaskAssembler(job.name());
        for (ConsumerRecord<byte[], byte[]> record :
                KafkaFixture.readAll(address, job.topic("masks"), "read_uncommitted")) {
            assembler.accept(new String(record.key(), StandardCharsets.UTF_8), record.value());
        }
        return assembler;
    }

    private static MaskSnapshot newest(FaultJob job, Duration atMost) throws Exception {
        try (MaskSubscriber masks =
                MaskSubscriber.connect(Map.of("bootstrap.servers", address), new Topics("finecomb", job.name()))) {
            return masks.awaitNewest(atMost);
        }
    }

    private static KafkaProducer<byte[], byte[]> stranger(String name) {
        KafkaProducer<byte[], byte[]> stranger = KafkaFixture.producer(address, Map.of("transactional.id", name));
        stranger.initTransactions();
        return stranger;
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, FaultJob job, MaskRecord record) throws Exception {
        producer.send(new ProducerRecord<>(job.topic("masks"), record.keyBytes(), record.value()))
                .get();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
