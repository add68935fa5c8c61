package dev.finecomb.loop;

import dev.finecomb.ingest.RejectedRecord;
import dev.finecomb.ingest.SourceRecord;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.JobPhase;
import dev.finecomb.protocol.message.RecordPosition;
import dev.finecomb.protocol.message.StepMetrics;
import dev.finecomb.publish.EventNumbers;
import dev.finecomb.publish.Outbox;
import dev.finecomb.publish.OutputRecord;
import dev.finecomb.sparsity.LayerMask;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.status.StateName;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts what happens into words and into the outbox. Nothing is visible before the outbox's content is committed. */
final class Announcer {
    private final Origin job;
    private final Pattern pattern;
    private final Outbox outbox;
    private final InstantSource clock;
    private Optional<MaskManifest> masks;

    /**
     * @param job whose words these are; its step is not used
     * @param masks the snapshot published last, empty before the first
     */
    Announcer(Origin job, Pattern pattern, Outbox outbox, Optional<MaskManifest> masks, InstantSource clock) {
        this.job = job;
        this.pattern = pattern;
        this.outbox = outbox;
        this.masks = masks;
        this.clock = clock;
    }

    Origin origin(long step) {
        return job.at(step);
    }

    /** A step, with what it led to; the last of its records may have brought a trace context. */
    void step(StepResult.Trained trained, StateName state, double millis, SourceRecord record) {
        outbox.ledToBy(record);
        outbox.add(new StepMetrics(
                origin(trained.step()),
                new StepMetrics.Learning(
                        trained.samples(),
                        trained.loss(),
                        trained.accuracy(),
                        trained.learningRate(),
                        trained.gradientNorm(),
                        millis),
                new StepMetrics.Progress(trained.survivors(), trained.density(), phase(state)),
                new RecordPosition(record.partition(), record.offset())));
    }

    /** The step has said all it has to say. */
    void stepped() {
        outbox.ledToByNone();
    }

    /** Notes a refusal; {@code due} is the step that the record would have been. */
    void rejected(RejectedRecord rejected, long due) {
        outbox.add(rejected, origin(due));
    }

    void event(EventKind kind, long step, Map<String, Scalar> details) {
        outbox.add(new JobEvent(origin(step), kind, clock.instant(), details));
    }

    void commandApplied(Command command, long step) {
        event(
                EventKind.COMMAND_APPLIED,
                step,
                Map.of(
                        "commandId", Scalar.of(command.id()),
                        "verb", Scalar.of(command.verb().wireName())));
    }

    void commandRefused(String commandId, String reason, long step) {
        event(EventKind.COMMAND_REFUSED, step, Map.of("commandId", Scalar.of(commandId), "reason", Scalar.of(reason)));
    }

    void removed(StepResult.Trained trained) {
        event(
                EventKind.REMOVED,
                trained.step(),
                Map.of("survivors", Scalar.of(trained.survivors()), "density", Scalar.of(trained.density())));
    }

    void model(FinishedModel model) {
        outbox.add(model);
        event(
                EventKind.FINALIZED,
                model.origin().step(),
                Map.of(
                        "location", Scalar.of(model.location()),
                        "sha256", Scalar.of(model.files().getFirst().sha256())));
    }

    /** Publishes the masks as the next snapshot; chunks that did not change are only named again. */
    void snapshot(Trainer trainer, MaskState state) {
        long version = masks.map(MaskManifest::version).orElse(0L) + 1;
        MaskDraft draft = new MaskDraft(origin(trainer.step()), version, state, pattern, layers(trainer));
        MaskPublication publication = masks.map(previous -> MaskPublication.after(previous, draft))
                .orElseGet(() -> MaskPublication.first(draft));
        outbox.add(publication);
        masks = Optional.of(publication.manifest());
        event(
                EventKind.SNAPSHOT_PUBLISHED,
                trainer.step(),
                Map.of("version", Scalar.of(version), "state", Scalar.of(state.wireName())));
    }

    private static List<LayerBits> layers(Trainer trainer) {
        List<LayerBits> bits = new ArrayList<>();
        List<LayerMask> masks = trainer.masks();
        for (int i = 0; i < masks.size(); i++) {
            SparseLayer layer = trainer.layers().get(i);
            bits.add(new LayerBits(
                    layer.parameter(), layer.layout(), masks.get(i).bits()));
        }
        return bits;
    }

    /** The snapshot published last. */
    MaskManifest masks() {
        return masks.orElseThrow(() -> new IllegalStateException("no mask snapshot was published yet"));
    }

    long outboxBytes() {
        return outbox.bytes();
    }

    boolean isEmpty() {
        return outbox.size() == 0;
    }

    EventNumbers numbers() {
        return outbox.numbers();
    }

    List<OutputRecord> seal() {
        return outbox.seal();
    }

    private static JobPhase phase(StateName state) {
        return JobPhase.valueOf(state.name());
    }
}
