package dev.finecomb.ledger;

import dev.finecomb.protocol.CloudEvent;
import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.FinishedModel;
import dev.finecomb.protocol.message.JobEvent;
import dev.finecomb.protocol.message.StepMetrics;
import java.util.List;

/**
 * All checks over one reading of a job's topics. It is handed every record once, topic after topic in the order of {@link
 * #reading}, and keeps counts, not records. Pure: no Kafka, no clock.
 */
final class Audit {
    private final Topics topics;
    private final Delivery delivery;
    private final Committed before;
    private final Bounds bounds;
    private final MessageCheck messages;
    private final IdentityCheck ids;
    private final StepsCheck steps;
    private final InputOrderCheck inputOrder;
    private final CoverageCheck coverage;
    private final DeadLetterCheck deadLetters;
    private final CheckpointCheck checkpoint;
    private final ChainCheck chain;
    private final MaskCheck masks;
    private final EventCheck events;
    private final ModelCheck model;

    /**
     * Checks of one job.
     *
     * @param before what was committed before the bounds were looked up
     */
    Audit(Topics topics, Delivery delivery, ModelFiles models, Committed before, Bounds bounds) {
        this.model = new ModelCheck(models);
        this.topics = topics;
        this.delivery = delivery;
        this.ids = new IdentityCheck(delivery);
        this.chain = new ChainCheck(delivery);
        this.before = before;
        this.bounds = bounds;
        this.messages = new MessageCheck(topics.job());
        this.steps = new StepsCheck(bounds.isTrimmed(topics.metrics()));
        this.inputOrder = new InputOrderCheck(topics.batches());
        this.coverage = new CoverageCheck(topics.batches(), before, bounds.isTrimmed(topics.metrics()));
        this.deadLetters = new DeadLetterCheck(topics.batches());
        this.checkpoint = new CheckpointCheck(topics);
        this.masks = new MaskCheck(topics.job());
        this.events = new EventCheck(bounds.isTrimmed(topics.events()));
    }

    /** The order in which the topics have to be read: what names input records before those, checkpoints before both. */
    static List<String> reading(Topics topics) {
        return List.of(
                topics.checkpoints(),
                topics.events(),
                topics.metrics(),
                topics.deadLetters(),
                topics.batches(),
                topics.masks(),
                topics.models());
    }

    /** Takes the next record; those of other jobs in shared topics are passed over. */
    void accept(LedgerRecord record) {
        String topic = record.source().topic();
        if (topic.equals(topics.batches())) {
            coverage.acceptInput(record);
        } else if (!isShared(topic) || record.hasKey(topics.job())) {
            messages.read();
            try {
                acceptOutput(topic, record);
            } catch (MalformedMessageException malformed) {
                messages.malformed(record, malformed);
            }
        }
    }

    private boolean isShared(String topic) {
        return topic.equals(topics.checkpoints()) || topic.equals(topics.models());
    }

    private void acceptOutput(String topic, LedgerRecord record) throws MalformedMessageException {
        if (topic.equals(topics.deadLetters())) {
            acceptDeadLetter(record);
            return;
        }
        CloudEvent event = CloudEvent.readFrom(record.headers());
        messages.job(record, event.origin());
        if (!ids.isNew(record, event)) {
            return;
        }
        if (topic.equals(topics.masks())) {
            masks.accept(record);
        } else if (record.value().isPresent()) {
            acceptMessage(topic, record, record.value().get(), event);
        }
    }

    private void acceptDeadLetter(LedgerRecord record) throws MalformedMessageException {
        DeadLetter letter = DeadLetter.readFrom(record.headers());
        messages.job(record, letter.origin());
        deadLetters.accept(record, letter);
        coverage.accept(letter);
    }

    private void acceptMessage(String topic, LedgerRecord record, byte[] value, CloudEvent event)
            throws MalformedMessageException {
        Origin origin;
        if (topic.equals(topics.metrics())) {
            StepMetrics metrics = StepMetrics.decode(value);
            origin = metrics.origin();
            steps.accept(record, metrics);
            inputOrder.accept(record, metrics);
            coverage.accept(record, metrics);
        } else if (topic.equals(topics.events())) {
            JobEvent told = JobEvent.decode(value);
            origin = told.origin();
            events.accept(record, told);
        } else if (topic.equals(topics.checkpoints())) {
            CheckpointManifest manifest = CheckpointManifest.decode(value);
            origin = manifest.origin();
            checkpoint.accept(record, manifest, value);
            chain.accept(record, manifest);
            coverage.accept(manifest);
        } else {
            FinishedModel finished = FinishedModel.decode(value);
            origin = finished.origin();
            model.accept(record, finished);
        }
        messages.origin(record, origin, event);
    }

    /** @param after what was committed after the last record was read */
    LedgerReport report(Committed after) {
        var standing = new Standing(before, after, delivery);
        BatchMode mode = events.mode();
        boolean eventsTrimmed = bounds.isTrimmed(topics.events());
        return new LedgerReport(
                topics,
                List.of(
                        messages.finding(),
                        ids.finding(),
                        steps.finding(standing),
                        inputOrder.finding(standing, mode),
                        coverage.finding(mode, isInputTrimmed()),
                        deadLetters.finding(standing, mode),
                        checkpoint.finding(standing),
                        chain.finding(),
                        masks.finding(),
                        events.finding(),
                        model.finding(events.finalized(), standing, eventsTrimmed)));
    }

    private boolean isInputTrimmed() {
        return bounds.starts().entrySet().stream()
                .filter(start -> start.getKey().topic().equals(topics.batches()))
                .anyMatch(start -> coverage.beginsBefore(start.getKey().partition(), start.getValue()));
    }

    /** The report on topics that could not be read to their ends, or at all: of them nothing is judged. */
    static LedgerReport unread(Topics topics, List<String> complaints) {
        var violations = new Violations();
        complaints.forEach(violations::add);
        return new LedgerReport(
                topics,
                List.of(violations.finding("reading", "the topics can't be read whole; nothing else was judged")));
    }
}
