package dev.finecomb.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MessageKind;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.batch.BatchEncoder;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.FileEntry;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.JobPhase;
import dev.finecomb.protocol.message.RecordPosition;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.protocol.tensor.Tensors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The topics of a finished job as a reader finds them, sound from the first to the last: ten steps, two refused records,
 * offsets with the gaps that transaction markers leave, three checkpoints and three mask snapshots. Tests damage it.
 */
final class LedgerWorld {
    static final Topics TOPICS = new Topics("fc", "digits");
    static final String INCARNATION = "i1";
    static final int STEPS = 10;
    static final int SAMPLES = 3;

    private static final Instant TIME = Instant.EPOCH;
    private static final GroupedLayout LAYOUT = new GroupedLayout(List.of(1L, 8L), 4);

    final Map<String, List<LedgerRecord>> records = new HashMap<>();
    final Map<TopicPartition, Long> starts = new HashMap<>();
    final List<CheckpointManifest> manifests = new ArrayList<>();
    private final List<Long> trainedOffsets = new ArrayList<>();
    Committed committed = Committed.of(Map.of());
    ModelFiles models = ModelFiles.LOCAL;
    private Optional<MaskPublication> masks = Optional.empty();
    private long nextOffset;

    private LedgerWorld() {}

    /** A good history. */
    static LedgerWorld good() {
        return good(Map.of());
    }

    /** A good history whose {@code started} event has more details. */
    static LedgerWorld good(Map<String, Scalar> started) {
        var world = new LedgerWorld();
        world.event(0, 0, EventKind.STARTED, started);
        world.snapshot(0, 1, MaskState.SEARCHING, 0xff, 0xff);
        world.manifest(0, 0, 0);
        for (int step = 1; step <= STEPS; step++) {
            if (step == 4 || step == 8) {
                world.refused(step);
            }
            world.trained(step);
            switch (step) {
                case 3 -> {
                    world.removed(3, 4);
                    world.snapshot(3, 2, MaskState.SEARCHING, 0x77, 0xff);
                }
                case 5 -> world.manifest(1, 5, world.nextOffset);
                case 6 -> {
                    world.removed(6, 1);
                    world.snapshot(6, 3, MaskState.FINAL, 0x53, 0x3c);
                }
                default -> {}
            }
        }
        world.model(STEPS, "s3://models/digits");
        world.manifest(2, STEPS, world.nextOffset);
        world.commit(world.manifests.getLast());
        return world;
    }

    List<LedgerRecord> of(String topic) {
        return records.computeIfAbsent(topic, _ -> new ArrayList<>());
    }

    /** The position behind the last record. */
    long nextOffset() {
        return nextOffset;
    }

    /** The offset of the record that the step trained on. */
    long trainedOffset(int step) {
        return trainedOffsets.get(step - 1);
    }

    private void trained(int step) {
        input();
        trainedOffsets.add(nextOffset - 1);
        metrics(step, 0, nextOffset - 1);
    }

    /** One more record of the input topic, of {@link #SAMPLES} samples; every fourth offset is a marker's. */
    void input() {
        if (nextOffset % 4 == 3) {
            nextOffset++;
        }
        byte[] value = BatchEncoder.encode(
                Tensors.f32("x", new float[2 * SAMPLES], SAMPLES, 2), Tensors.i64("y", new long[SAMPLES], SAMPLES));
        of(TOPICS.batches())
                .add(new LedgerRecord(
                        new TopicPartition(TOPICS.batches(), 0),
                        nextOffset++,
                        Optional.empty(),
                        Optional.of(value),
                        new RecordHeaders()));
    }

    private void refused(int step) {
        input();
        deadLetter(step, nextOffset - 1);
    }

    void deadLetter(int step, long offset) {
        Headers headers = new RecordHeaders();
        new DeadLetter(new TopicPartition(TOPICS.batches(), 0), offset, origin(step), "SHAPE", "Decoder", "ragged")
                .addTo(headers);
        add(TOPICS.deadLetters(), Optional.empty(), Optional.of(new byte[] {1}), headers);
    }

    void metrics(int step, int number, long offset) {
        metrics(origin(step), number, offset, SAMPLES);
    }

    void metrics(Origin origin, int number, long offset, int samples) {
        var metrics = new StepMetrics(
                origin,
                new StepMetrics.Learning(samples, 0.5, OptionalDouble.empty(), 0.1, 1, 2),
                new StepMetrics.Progress(6, 1, JobPhase.LEARNING),
                new RecordPosition(0, offset));
        add(
                TOPICS.metrics(),
                TOPICS.job(),
                metrics.encode(),
                new CloudEvent(origin, MessageKind.METRICS, number, TIME));
    }

    void event(int step, int number, EventKind kind, Map<String, Scalar> details) {
        var event = new JobEvent(origin(step), kind, TIME, details);
        add(
                TOPICS.events(),
                TOPICS.job(),
                event.encode(),
                new CloudEvent(origin(step), MessageKind.EVENT, number, TIME));
    }

    void removed(int step, int survivors) {
        event(step, 7, EventKind.REMOVED, Map.of("survivors", Scalar.of(survivors), "density", Scalar.of(0.5)));
    }

    /** A snapshot of two layers of two groups of four each, as bits. */
    void snapshot(int step, long version, MaskState state, int first, int second) {
        var draft = new MaskDraft(
                origin(step),
                version,
                state,
                Pattern.parse("2:4"),
                List.of(layer("a.weight", first), layer("b.weight", second)));
        MaskPublication publication = masks.map(before -> MaskPublication.after(before.manifest(), draft))
                .orElseGet(() -> MaskPublication.first(draft));
        int number = 0;
        for (var record : publication.records()) {
            add(
                    TOPICS.masks(),
                    record.key(),
                    record.value(),
                    new CloudEvent(origin(step), record.kind(), number++, TIME));
        }
        masks = Optional.of(publication);
    }

    static LayerBits layer(String name, int bits) {
        return new LayerBits(name, LAYOUT, new byte[] {(byte) bits});
    }

    void manifest(long sequence, int step, long position) {
        manifest(new CheckpointManifest(
                origin(step),
                sequence,
                Map.of(0, position),
                List.of(new FileEntry("state", 1, digest("state" + step))),
                new CheckpointManifest.Fingerprints(digest("model"), digest("configuration")),
                TIME));
    }

    void manifest(CheckpointManifest manifest) {
        manifests.add(manifest);
        add(
                TOPICS.checkpoints(),
                TOPICS.job(),
                manifest.encode(),
                new CloudEvent(manifest.origin(), MessageKind.CHECKPOINT, manifest.sequence(), TIME));
    }

    void commit(CheckpointManifest manifest) {
        commit(manifest.positions().getOrDefault(0, 0L), manifest.pointer().format());
    }

    void commit(long position, String metadata) {
        committed = Committed.of(Map.of(0, new OffsetAndMetadata(position, metadata)));
    }

    void model(int step, String location) {
        model(step, location, List.of(new FileEntry("model.safetensors", 1, digest("weights"))));
    }

    void model(int step, String location, List<FileEntry> files) {
        var model = new FinishedModel(
                origin(step),
                Pattern.parse("2:4"),
                location,
                files,
                new FinishedModel.Proof(2, 4, 8, 0, 2),
                OptionalDouble.empty());
        add(TOPICS.models(), TOPICS.job(), model.encode(), new CloudEvent(origin(step), MessageKind.MODEL, 0, TIME));
        event(
                step,
                9,
                EventKind.FINALIZED,
                Map.of(
                        "location",
                        Scalar.of(location),
                        "sha256",
                        Scalar.of(files.getFirst().sha256())));
    }

    static Origin origin(int step) {
        return new Origin(TOPICS.job(), INCARNATION, step);
    }

    static String digest(String of) {
        return Sha256.hex(of.getBytes(UTF_8));
    }

    void add(String topic, String key, byte[] value, CloudEvent event) {
        Headers headers = new RecordHeaders();
        event.writeTo(headers);
        add(topic, Optional.of(key.getBytes(UTF_8)), Optional.of(value), headers);
    }

    private void add(String topic, Optional<byte[]> key, Optional<byte[]> value, Headers headers) {
        List<LedgerRecord> list = of(topic);
        long offset = list.isEmpty() ? 0 : list.getLast().offset() + 1;
        list.add(new LedgerRecord(new TopicPartition(topic, 0), offset, key, value, headers));
    }

    /** Repeats a record at the end of its topic. */
    void repeat(String topic, int index) {
        LedgerRecord record = of(topic).get(index);
        add(topic, record.key(), record.value(), record.headers());
    }

    /** Gives a record another value. */
    void replace(String topic, int index, byte[] value) {
        LedgerRecord old = of(topic).get(index);
        of(topic)
                .set(index, new LedgerRecord(old.source(), old.offset(), old.key(), Optional.of(value), old.headers()));
    }

    /** Loses the oldest records of a topic, as retention does. */
    void trim(String topic, int count) {
        of(topic).subList(0, count).clear();
        starts.put(new TopicPartition(topic, 0), of(topic).getFirst().offset());
    }

    LedgerReport audit() {
        return audit(committed);
    }

    /** The report on a job that had committed this when the reading began. */
    LedgerReport audit(Committed before) {
        return audit(before, Delivery.EXACTLY_ONCE);
    }

    LedgerReport audit(Committed before, Delivery delivery) {
        Map<TopicPartition, Long> ends =
                new TreeMap<>((one, other) -> one.topic().compareTo(other.topic()));
        Map<TopicPartition, Long> begins = new HashMap<>();
        records.forEach((topic, list) -> {
            var partition = new TopicPartition(topic, 0);
            ends.put(partition, list.isEmpty() ? 0 : list.getLast().offset() + 1);
            begins.put(partition, starts.getOrDefault(partition, 0L));
        });
        var audit = new Audit(TOPICS, delivery, models, before, new Bounds(begins, ends));
        for (String topic : Audit.reading(TOPICS)) {
            of(topic).forEach(audit::accept);
        }
        return audit.report(committed);
    }
}
