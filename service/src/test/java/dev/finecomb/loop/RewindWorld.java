package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointKeeper;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.config.CheckpointConfig;
import dev.finecomb.config.CheckpointConfig.OnCorrupt;
import dev.finecomb.config.ExportConfig.WhenFinished;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.config.Place;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.ingest.CommandRecord;
import dev.finecomb.ingest.CommandSource;
import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.ingest.MiniBatch;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.Taken;
import dev.finecomb.loop.ListedInput.Kind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.publish.EventNumbers;
import dev.finecomb.publish.Outbox;
import dev.finecomb.publish.Publishers;
import dev.finecomb.publish.ScriptedProducer;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/** A job that is trained and makes checkpoints without a loop, and then, in another process, is to be recovered. */
final class RewindWorld {
    static final KafkaConfig KAFKA = KafkaFixture.config("broker:9092", "job");
    static final Fingerprints FINGERPRINTS = new Fingerprints(Sha256.hex(new byte[] {1}), Sha256.hex(new byte[] {2}));
    private static final Origin JOB = new Origin("job", "i1", 0);
    private static final Pattern PATTERN = Pattern.parse("2:4");

    private final Path directory;
    private final IntakeRules rules;
    private final CheckpointStore store;
    final QuickHost host = new QuickHost();
    final ListedInput input;
    final ScriptedProducer producer = new ScriptedProducer(new CopyOnWriteArrayList<>());

    private Trainer trainer = new ChainTrainer();
    private Intake intake;
    private LoopMemory.Orders orders = LoopMemory.Orders.NONE;
    private Optional<StoredCheckpoint> newest = Optional.empty();
    private long sequence;

    RewindWorld(Path directory, IntakeRules rules, int partitions) throws IOException {
        this.directory = directory;
        this.rules = rules;
        this.store = CheckpointKeeper.inDirectory(directory);
        this.input = new ListedInput(host, partitions);
        this.intake = new Intake(input, rules, input.initialPositions(), IntakeMemory.BLANK);
    }

    /** Ten good records of two samples each, one step each, and nothing read yet. */
    static RewindWorld tenSteps(Path directory) throws Exception {
        RewindWorld world = new RewindWorld(directory, IntakeRules.RECORD_BY_RECORD, 1);
        for (int i = 0; i < 10; i++) {
            world.input.add(0, Kind.GOOD, 2);
        }
        world.begin();
        return world;
    }

    /** Turns a bit in the middle of a file. */
    static void damage(StoredCheckpoint checkpoint, String file) throws IOException {
        Path path = Path.of(checkpoint.location()).resolve(file);
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length / 2] ^= 1;
        Files.write(path, bytes);
    }

    static void damageState(StoredCheckpoint checkpoint) throws IOException {
        damage(checkpoint, "state.safetensors");
    }

    /** Makes a checkpoint of where the job stands, counts it as committed, and damages its state. */
    StoredCheckpoint damagedCheckpoint() throws IOException {
        StoredCheckpoint committed = checkpoint();
        damageState(committed);
        return committed;
    }

    /** Another process finds that checkpoint committed, and reads the same input, to rewind if it must. */
    Recovery.Standpoint rewind(StoredCheckpoint committed, Trainer fresh) throws Exception {
        return recover(committed, OnCorrupt.REWIND, fresh, input.again());
    }

    /** Begins to read; the input has to be complete. */
    void begin() throws Exception {
        intake = new Intake(input.again(), rules, input.initialPositions(), IntakeMemory.BLANK);
        intake.begin();
    }

    /** Does what the loop does between two looks at its orders, so often. */
    void take(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            if (intake.next(Duration.ofMillis(1)) instanceof Taken.Step(MiniBatch batch)) {
                switch (trainer.step(batch.samples())) {
                    case StepResult.Trained _ -> intake.trained(batch);
                    case StepResult.Rejected(var reason, String detail) -> {
                        var _ = intake.refused(batch, Trainer.class, reason, detail);
                    }
                }
            }
        }
    }

    boolean isReadToEnd() {
        return intake.isReadToEnd();
    }

    /** An order sets the base rate. */
    void setBaseRate(double rate) {
        trainer.setBaseRate(rate);
        answered(List.of(), rate);
    }

    /** Orders were answered. */
    void answered(List<LoopMemory.Answered> answered, double rate) {
        orders = new LoopMemory.Orders("t", 1, rate, false, answered);
    }

    /** Makes a checkpoint of where the job stands, and counts it as committed. */
    StoredCheckpoint checkpoint() throws IOException {
        return checkpoint(FINGERPRINTS);
    }

    StoredCheckpoint checkpoint(Fingerprints fingerprints) throws IOException {
        var id = new CheckpointId(JOB.incarnation(), sequence++);
        Cut cut = cut(id);
        StoredCheckpoint stored = store.write(
                id,
                CheckpointCodec.parts(
                        cut.state().snapshot(),
                        cut.state().memory(),
                        cut.state().masks(),
                        () -> {}),
                files -> new CheckpointManifest(
                        cut.origin(),
                        id.sequence(),
                        cut.positions().nextOffsets(),
                        files,
                        fingerprints,
                        host.clock().instant()));
        store.collect(id, 1000);
        newest = Optional.of(stored);
        return stored;
    }

    /** Everything of where the job stands, with the events of a snapshot as outputs. */
    Cut cut(CheckpointId id) {
        var outbox = new Outbox(KafkaFixture.topics(KAFKA), host.clock(), EventNumbers.NONE);
        var announcer = new Announcer(JOB, PATTERN, outbox, Optional.empty(), host.clock());
        announcer.snapshot(trainer, MaskState.SEARCHING);
        var memory = new LoopMemory(
                LoopMemory.FORMAT,
                new LoopMemory.Progress(trainer.step(), trainer.samples()),
                List.of(),
                announcer.numbers(),
                List.of(),
                new LoopMemory.Standing(false, intake.memory(), ""),
                orders);
        return new Cut(
                id,
                JOB.at(trainer.step()),
                new Cut.State(trainer.snapshot(), memory, announcer.masks()),
                intake.positions(),
                announcer.seal(),
                List.of());
    }

    /** The process dies, and another one goes on from the newest checkpoint. */
    void restart() throws Exception {
        restart(newest.orElseThrow());
    }

    /** The process dies, and another one goes on from that checkpoint. */
    void restart(StoredCheckpoint checkpoint) throws Exception {
        CheckpointCodec.Restored restored = CheckpointCodec.read(checkpoint);
        trainer = new ChainTrainer();
        try (TrainerSnapshot snapshot = restored.snapshot()) {
            trainer.restore(snapshot);
        }
        intake = new Intake(
                input.again(),
                rules,
                Positions.of(checkpoint.manifest().positions()),
                restored.memory().standing().input());
        intake.begin();
    }

    /** Another process finds that checkpoint committed, and reads that input. */
    Recovery.Standpoint recover(StoredCheckpoint committed, OnCorrupt onCorrupt, Trainer fresh, ListedInput source)
            throws Exception {
        return new Recovery(parts(fresh, source, CheckpointKeeper.inDirectory(directory)), settings(onCorrupt), host)
                .recover(committed.pointer(), committed.manifest());
    }

    /** A cut is due after each step, and waits for the one before. */
    LoopSettings settings(OnCorrupt onCorrupt) {
        return new LoopSettings(
                PATTERN,
                new CheckpointConfig(new Place.Directory(directory), 1, Duration.ofHours(1), 2, 1, onCorrupt),
                1_000_000,
                WhenFinished.STOP,
                OptionalLong.empty(),
                new LoopSettings.Input(rules, 1));
    }

    LoopParts parts(Trainer of, ListedInput source, CheckpointStore at) {
        return new LoopParts(
                of,
                source,
                at,
                Publishers.over(producer, KAFKA, host.clock()),
                (_, _, _, _, _) -> {
                    throw new UnsupportedOperationException("nothing is exported here");
                },
                new OrderSources(new CommandMailbox(4), new NoOrders()));
    }

    CheckpointStore store() {
        return store;
    }

    /** A commands topic that stays empty. */
    private static final class NoOrders implements CommandSource {
        @Override
        public void start(String topicId, long nextOffset) {}

        @Override
        public Optional<CommandRecord> poll() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
