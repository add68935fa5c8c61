package dev.finecomb.loop;

import dev.finecomb.checkpoint.CheckpointId;
import dev.finecomb.checkpoint.CheckpointStore;
import dev.finecomb.checkpoint.Survey;
import dev.finecomb.ingest.CommittedState;
import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.RestartLaterException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.MaskManifest;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.EventKind;
import dev.finecomb.publish.EventNumbers;
import dev.finecomb.publish.Outbox;
import dev.finecomb.training.Trainer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start, in the order that keeps two owners apart: look at the store, take the ownership, read what is committed, load
 * just that, delete what was left unfinished, train. Kafka is the truth; a store that holds more or other things never overrules it.
 */
public final class JobStart {
    private static final Logger LOG = LoggerFactory.getLogger(JobStart.class);

    private final LoopParts parts;
    private final LoopSettings settings;
    private final Topics topics;
    private final Fingerprints fingerprints;
    private final StatusReporter status;
    private final Host host;

    /** Reads what the job committed, after the ownership was taken. */
    @FunctionalInterface
    public interface CommittedReader {
        /** What Kafka says about how far the job is. */
        CommittedState read() throws InterruptedException, RestartLaterException, OperatorNeededException;
    }

    public JobStart(
            LoopParts parts,
            LoopSettings settings,
            Topics topics,
            Fingerprints fingerprints,
            StatusReporter status,
            Host host) {
        this.parts = parts;
        this.settings = settings;
        this.topics = topics;
        this.fingerprints = fingerprints;
        this.status = status;
        this.host = host;
    }

    /**
     * Becomes the owner of the job and stands where its last commit left it, or at its beginning, which is then committed.
     *
     * @param incarnations names a new history, should one begin
     * @throws OperatorNeededException when what is found does not fit together, and no restart mends it
     * @throws RestartLaterException when the broker is away or another process took over
     */
    public TrainingLoop begin(CommittedReader reader, Supplier<String> incarnations)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        CheckpointStore store = parts.store();
        store.probeWritable();
        Survey survey = store.survey();
        parts.publisher().takeOwnership();
        status.owner();
        CommittedState found = reader.read();
        try {
            return stand(found, survey, incarnations);
        } catch (OperatorNeededException e) {
            requireUnmoved(reader, found, e);
            throw e;
        }
    }

    /**
     * What looks wrong may only be a successor at work, who took over since and commits and deletes. Then this process has
     * no say in it.
     */
    private static void requireUnmoved(CommittedReader reader, CommittedState found, OperatorNeededException wrong)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        if (!reader.read().equals(found)) {
            throw new RestartLaterException(
                    "another process took the job over while this one started, and went on with it", wrong);
        }
    }

    private TrainingLoop stand(CommittedState found, Survey survey, Supplier<String> incarnations)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        return switch (found) {
            case CommittedState.None() -> firstStart(survey, incarnations.get());
            case CommittedState.At(var pointer, var positions, var manifest) ->
                resume(survey, pointer, positions, manifest);
            case CommittedState.OffsetsLost(var pointer, var positions, var manifest) -> {
                LOG.warn("the committed offsets are gone, going on from the checkpoint's record at {}", positions);
                yield resume(survey, pointer, positions, manifest);
            }
            case CommittedState.Contradiction(String message) -> throw new OperatorNeededException(message);
        };
    }

    private TrainingLoop firstStart(Survey survey, String incarnation)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        if (!survey.holdsNothingLearned()) {
            throw new OperatorNeededException("Kafka knows nothing of job " + topics.job()
                    + ", but the checkpoint store"
                    + " holds " + survey.checkpoints() + ". Either the broker lost the job's offsets and checkpoint"
                    + " records, or the store belongs to another job. To begin anew, give the job another"
                    + " finecomb.checkpoint.directory, or move that one away.");
        }
        parts.store().removeAbandonedBeginnings(survey);
        Trainer trainer = parts.trainer();
        Positions positions = parts.source().initialPositions();
        LOG.info("first start incarnation={} positions={}", incarnation, positions);
        Announcer announcer = announcer(incarnation, EventNumbers.NONE, Optional.empty());
        announcer.event(EventKind.STARTED, 0, startDetails());
        announcer.snapshot(trainer, MaskState.SEARCHING);
        CheckpointId first = new CheckpointId(incarnation, CheckpointId.FIRST_SEQUENCE);
        Intake intake = intake(positions, LoopMemory.blank());
        TrainingLoop loop = loop(new Beginning(host, announcer, LoopMemory.blank(), intake, first));
        commitNow(loop);
        parts.orders().topic().start("", 0);
        return started(loop, intake, incarnation);
    }

    private Map<String, Scalar> startDetails() {
        Map<String, Scalar> details = new HashMap<>();
        details.put("pattern", Scalar.of(settings.pattern().toString()));
        details.put("modelSha256", Scalar.of(fingerprints.modelSha256()));
        settings.input().intake().batchSize().ifPresent(samples -> details.put("batchSize", Scalar.of(samples)));
        return details;
    }

    private TrainingLoop resume(
            Survey survey, CheckpointPointer pointer, Positions positions, CheckpointManifest manifest)
            throws IOException, InterruptedException, RestartLaterException, OperatorNeededException {
        requireSame(manifest.fingerprints());
        Recovery.Standpoint here = new Recovery(parts, settings, host).recover(pointer, manifest);
        CheckpointId committed = here.committed();
        parts.store().removeUnfinished(survey);
        CheckpointId next =
                new CheckpointId(committed.incarnation(), parts.store().nextSequence(committed));
        LOG.info(
                "resumed checkpoint={} step={} positions={}",
                committed,
                here.memory().progress().step(),
                positions);
        status.committedBefore(committed, here.memory().progress().step());
        Announcer announcer = announcer(
                committed.incarnation(),
                numbers(here.memory(), next),
                Optional.of(here.remembered().masks()));
        announceReturn(announcer, here);
        LoopMemory.Orders orders = here.memory().orders();
        Intake intake = here.replayed().orElseGet(() -> intake(positions, here.memory()));
        TrainingLoop loop = loop(new Beginning(host, announcer, here.memory(), intake, next));
        parts.orders().topic().start(orders.topicId(), orders.nextOffset());
        if (here.replayed().isEmpty()) {
            return started(loop, intake, committed.incarnation());
        }
        commitNow(loop);
        status.restored(committed.incarnation(), parts.trainer(), intake.positions());
        return loop;
    }

    private static void announceReturn(Announcer announcer, Recovery.Standpoint here) {
        long step = here.memory().progress().step();
        Scalar from = Scalar.of(here.committed().sequence());
        here.rewoundTo()
                .ifPresentOrElse(
                        ancestor -> announcer.event(
                                EventKind.REWOUND,
                                step,
                                Map.of("fromCheckpoint", from, "toCheckpoint", Scalar.of(ancestor.sequence()))),
                        () -> announcer.event(EventKind.RESUMED, step, Map.of("checkpoint", from)));
    }

    private static void commitNow(TrainingLoop loop)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        try {
            loop.commitBeginning();
        } catch (InterruptedException | RestartLaterException | OperatorNeededException | RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    private Intake intake(Positions positions, LoopMemory memory) {
        return new Intake(
                parts.source(),
                settings.input().intake(),
                positions,
                memory.standing().input());
    }

    private TrainingLoop started(TrainingLoop loop, Intake intake, String incarnation)
            throws InterruptedException, RestartLaterException, OperatorNeededException {
        intake.begin();
        status.restored(incarnation, parts.trainer(), intake.positions());
        return loop;
    }

    private void requireSame(Fingerprints found) throws OperatorNeededException {
        if (!found.modelSha256().equals(fingerprints.modelSha256())) {
            throw new OperatorNeededException("job " + topics.job() + " began with the model of SHA-256 "
                    + found.modelSha256() + ", finecomb.model.uri or finecomb.model.architecture now gives one of "
                    + fingerprints.modelSha256()
                    + ". Give the first one again, or start a job of another name.");
        }
        if (!found.configurationSha256().equals(fingerprints.configurationSha256())) {
            throw new OperatorNeededException("job " + topics.job() + " began with other settings below finecomb.model,"
                    + " finecomb.training or finecomb.sparsity (digest " + found.configurationSha256() + ", now "
                    + fingerprints.configurationSha256()
                    + "). Set them as they were, or start a job of another name.");
        }
    }

    private EventNumbers numbers(LoopMemory memory, CheckpointId next) {
        return parts.publisher().mayRepeat() ? memory.numbers().eventsAbove(next.sequence()) : memory.numbers();
    }

    private Announcer announcer(String incarnation, EventNumbers numbers, Optional<MaskManifest> masks) {
        Origin origin = new Origin(topics.job(), incarnation, 0);
        Outbox outbox = new Outbox(topics, host.clock(), numbers);
        return new Announcer(origin, settings.pattern(), outbox, masks, host.clock());
    }

    private TrainingLoop loop(Beginning beginning) {
        Committer committer =
                new Committer(parts, fingerprints, settings.checkpoint().keep(), host, status);
        return new TrainingLoop(parts, settings, beginning, committer, status);
    }
}
