package dev.finecomb.loop;

import static dev.finecomb.loop.Invariants.require;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.mask.ManifestChunk;
import dev.finecomb.protocol.mask.ManifestLayer;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.training.StepResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** What a reader of committed records has read of the job so far, held against the oracle. */
final class SimLedger {
    private final SimOracle oracle;
    private final SimAnswers answers;
    private final Set<String> identities = new HashSet<>();
    private final Map<String, String> chunks = new HashMap<>();
    private final List<MaskManifest> snapshots = new ArrayList<>();
    private final List<JobEvent> events = new ArrayList<>();
    private final List<SimOracle.Refusal> deadLetters = new ArrayList<>();
    private final List<FinishedModel> models = new ArrayList<>();
    private long steps;

    SimLedger(SimOracle oracle, SimAnswers answers) {
        this.oracle = oracle;
        this.answers = answers;
    }

    /** Reads what a commit made visible. */
    void read(List<ProducerRecord<byte @Nullable [], byte @Nullable []>> records) {
        for (ProducerRecord<byte @Nullable [], byte @Nullable []> record : records) {
            try {
                read(record);
            } catch (MalformedMessageException e) {
                throw new InvariantViolation(
                        "I6", "a record of " + record.topic() + " is malformed: " + e.getMessage());
            }
        }
    }

    private void read(ProducerRecord<byte @Nullable [], byte @Nullable []> record) throws MalformedMessageException {
        if (record.topic().equals(SimPlan.TOPICS.deadLetters())) {
            DeadLetter letter = DeadLetter.readFrom(record.headers());
            deadLetters.add(new SimOracle.Refusal(
                    letter.partition().partition(),
                    letter.offset(),
                    letter.origin().step(),
                    letter.detail()));
            return;
        }
        String identity = CloudEvent.readFrom(record.headers()).id();
        require("I3", identities.add(identity), () -> identity + " is visible twice");
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        if (record.topic().equals(SimPlan.TOPICS.metrics())) {
            readMetrics(StepMetrics.decode(value));
        } else if (record.topic().equals(SimPlan.TOPICS.events())) {
            JobEvent event = JobEvent.decode(value);
            events.add(event);
            answers.read(event);
        } else if (record.topic().equals(SimPlan.TOPICS.masks())) {
            readMask(text(record.key()), value);
        } else if (record.topic().equals(SimPlan.TOPICS.models())) {
            models.add(FinishedModel.decode(value));
        }
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }

    private void readMetrics(StepMetrics metrics) {
        long step = metrics.origin().step();
        require("I3", step == steps + 1, () -> "metrics of step " + step + " follow those of step " + steps);
        steps = step;
        SimOracle.Step expected = oracle.step(step);
        StepResult.Trained result = expected.result();
        require(
                "I6",
                metrics.learning().loss() == result.loss()
                        && metrics.learning().samples() == result.samples()
                        && metrics.progress().survivors() == result.survivors()
                        && metrics.progress().density() == result.density()
                        && metrics.position().partition() == expected.record().partition()
                        && metrics.position().offset() == expected.record().offset(),
                () -> "metrics of step " + step + " are " + metrics + ", expected " + expected);
    }

    private void readMask(String key, byte[] value) throws MalformedMessageException {
        if (!key.equals(MaskManifest.KEY)) {
            chunks.put(key, Sha256.hex(value));
            return;
        }
        MaskManifest manifest = MaskManifest.decode(value);
        for (ManifestLayer layer : manifest.layers()) {
            for (ManifestChunk chunk : layer.chunks()) {
                require(
                        "I6",
                        chunk.sha256().equals(chunks.get(chunk.key())),
                        () -> "mask version " + manifest.version() + " names a chunk that is not there: " + chunk);
            }
        }
        snapshots.add(manifest);
        require("I6", manifest.version() == snapshots.size(), () -> "a mask version is missing: " + manifest);
    }

    /** Metrics reach exactly so far; that they are gap-free and single was seen as they came. */
    void requireSteps(long committed) {
        require("I3", steps == committed, () -> "metrics end at step " + steps + ", committed is " + committed);
    }

    /** Everything else that the steps and records up to there have to say is there, and nothing more. */
    void requireComplete(SimOracle.Moment moment) {
        long step = moment.step();
        List<SimOracle.Refusal> refused = moment.refused();
        require("I6", deadLetters.equals(refused), () -> "dead letters " + deadLetters + ", refused " + refused);
        requireSnapshots(step);
        List<Long> removals = events(EventKind.REMOVED);
        List<Long> expected = oracle.snapshots().stream()
                .skip(1)
                .limit(oracle.snapshots().size() - 2L)
                .map(SimOracle.Snapshot::step)
                .filter(at -> at <= step)
                .toList();
        require("I6", removals.equals(expected), () -> "removals " + removals + ", expected " + expected);
        List<Long> published = events(EventKind.SNAPSHOT_PUBLISHED);
        List<Long> shown = snapshots.stream().map(s -> s.origin().step()).toList();
        require("I6", published.equals(shown), () -> "snapshots at " + shown + ", told of at " + published);
        List<Long> started = events(EventKind.STARTED);
        require("I6", started.equals(List.of(0L)), () -> "started at " + started);
        require("I6", events(EventKind.FAILED).isEmpty(), () -> "failed: " + events);
        List<Long> finalized = events(EventKind.FINALIZED);
        require("I6", finalized.size() == models.size(), () -> models + " announced, told of at " + finalized);
    }

    /** The last snapshot belongs to the finished model: it is there exactly if the model is. */
    private void requireSnapshots(long step) {
        List<SimOracle.Snapshot> due = oracle.snapshots().stream()
                .limit(oracle.snapshots().size() - (models.isEmpty() ? 1L : 0L))
                .filter(snapshot -> snapshot.step() <= step)
                .toList();
        List<SimOracle.Snapshot> found = snapshots.stream()
                .map(manifest -> new SimOracle.Snapshot(manifest.origin().step(), manifest.state(), manifest.layers()))
                .toList();
        require("I6", found.equals(due), () -> "mask snapshots " + found + ", expected " + due);
    }

    private List<Long> events(EventKind kind) {
        return events.stream()
                .filter(event -> event.kind() == kind)
                .map(event -> event.origin().step())
                .toList();
    }

    boolean isFinished() {
        return !models.isEmpty();
    }

    /** One model, the right one. */
    void requireFinished(SimOracle.Moment end) {
        require("I7", models.size() == 1, () -> "announced " + models);
        String expected = SimExport.sha256(end.digest());
        String found = models.getFirst().files().getFirst().sha256();
        require("I7", found.equals(expected), () -> "announced " + found + ", expected " + expected);
    }
}
