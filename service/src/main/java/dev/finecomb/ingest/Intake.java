package dev.finecomb.ingest;

import dev.finecomb.ingest.IntakeMemory.Cursor;
import dev.finecomb.ingest.IntakeMemory.ReadAhead;
import dev.finecomb.ingest.SampleKind.Difference;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes steps of records: merges the partitions into one order and puts samples together to mini-batches of a fixed size. It
 * knows how far the input is consumed, so that a cut between any two calls tells where to go on.
 *
 * <p>A sample is consumed when its step was trained on or refused. A record that no step can be made of is refused at once,
 * also while records before it wait for more samples: its dead letter does not wait, its bytes are not kept, and the memory
 * knows that it is done with.
 *
 * <p>Samples of a mini-batch are alike in shapes and types. Once one was trained on, all later ones have to be like it. Before,
 * nothing tells which of two kinds is right; then the newer record is believed and those that wait are refused.
 *
 * <p>Belongs to the training thread.
 */
public final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    /** A buffer's limit: a mini-batch's tensor is one. */
    private static final long LARGEST_TENSOR_BYTES = Integer.MAX_VALUE - 8L;
    /** Polls in vain after which a partition that holds up others is named. */
    private static final int PATIENCE = 40;

    private final BatchSource source;
    private final IntakeRules rules;
    private final String expectedTopicId;
    private final Gathered gathered;
    private final Rereading rereading;
    private MergeOrder order;
    private Positions readTo;
    private List<SampleKind> pinned;
    private long refused;
    private int pollsInVain;

    /**
     * Stands where a cut was made, or at the beginning; reads nothing yet.
     *
     * @param positions of the cut
     * @param memory of the same cut
     */
    public Intake(BatchSource source, IntakeRules rules, Positions positions, IntakeMemory memory) {
        this.source = source;
        this.rules = rules;
        this.expectedTopicId = memory.topicId();
        this.gathered = new Gathered(rules.batchSize());
        this.rereading = new Rereading(positions, memory);
        this.order = new MergeOrder(rules.merge(), positions.nextOffsets().keySet(), memory.turn());
        this.readTo = positions;
        this.pinned = memory.pinned();
    }

    /** Begins to read; once. Throws like {@link BatchSource#start(Positions, String)}. */
    public void begin() throws RestartLaterException, OperatorNeededException, InterruptedException {
        readTo = source.start(readTo, expectedTopicId);
        order = new MergeOrder(rules.merge(), readTo.nextOffsets().keySet(), order.turn());
    }

    /**
     * What is to be done next; waits for a record at most so long. A step comes again until it is told what became of it.
     *
     * @throws OperatorNeededException like {@link BatchSource#poll}, or if a record was changed that is consumed in part
     */
    public Taken next(Duration timeout) throws InterruptedException, OperatorNeededException, RestartLaterException {
        Optional<Taken> ready = ready();
        return ready.isPresent() ? ready.get() : read(source.poll(whoseTurn(), timeout));
    }

    private Optional<Taken> ready() {
        if (gathered.isMixed()) {
            return Optional.of(new Taken.Rejected(refuseOldest()));
        }
        return gathered.isEnough() ? Optional.of(new Taken.Step(gathered.step())) : Optional.empty();
    }

    private Set<Integer> whoseTurn() {
        return rereading.cursor().map(Cursor::partition).map(Set::of).orElseGet(order::next);
    }

    private Taken read(Polled polled) throws OperatorNeededException {
        return switch (polled) {
            case Polled.Nothing() -> {
                nameWhoIsMissing();
                yield new Taken.Nothing();
            }
            case Polled.Rejected(RejectedRecord rejected) -> {
                rereading.requireCursor(rejected.record(), Integer.MAX_VALUE);
                boolean again = rereading.isRefused(rejected.record());
                pass(rejected.record());
                refused++;
                yield again ? new Taken.Gathering() : new Taken.Rejected(rejected);
            }
            case Polled.Batch(TrainingBatch batch, SourceRecord record) -> {
                rereading.requireCursor(record, batch.samples());
                yield rereading.isRefused(record) ? passAgain(record) : take(batch, record);
            }
        };
    }

    private Taken passAgain(SourceRecord record) {
        pass(record);
        refused++;
        return new Taken.Gathering();
    }

    private Taken take(TrainingBatch batch, SourceRecord record) {
        Positions before = readTo;
        int consumed = pass(record);
        List<SampleKind> kind = SampleKind.of(batch);
        Optional<Difference> unfit = unfit(kind);
        if (unfit.isPresent()) {
            refused++;
            return new Taken.Rejected(record.rejected(
                    Intake.class, unfit.get().reason(), unfit.get().detail()));
        }
        gathered.add(new Gathered.Waiting(record, batch, kind, before, refused));
        gathered.consume(consumed);
        return ready().orElseGet(Taken.Gathering::new);
    }

    /** Moves over the record; returns how many of its samples were consumed by a former process. */
    private int pass(SourceRecord record) {
        pollsInVain = 0;
        readTo = readTo.after(record);
        order.took(record.partition());
        return rereading.read(record);
    }

    private Optional<Difference> unfit(List<SampleKind> kind) {
        if (rules.batchSize().isEmpty()) {
            return Optional.empty();
        }
        int size = rules.batchSize().getAsInt();
        for (SampleKind sample : kind) {
            if (sample.bytes() > LARGEST_TENSOR_BYTES / size) {
                return Optional.of(new Difference(
                        RejectReason.TOO_LARGE,
                        size + " samples of " + sample.name() + " with " + sample.bytes()
                                + " bytes each exceed the 2 GiB that a tensor may have; lower"
                                + " finecomb.training.batch-size in a new job, or send smaller samples"));
            }
        }
        return pinned.isEmpty()
                ? Optional.empty()
                : SampleKind.between(pinned, kind)
                        .map(found -> new Difference(
                                found.reason(),
                                found.detail() + " as in the mini-batches trained on; send samples that are alike"));
    }

    private RejectedRecord refuseOldest() {
        Gathered.Waiting newer = gathered.last();
        Share rest = gathered.rest();
        Difference found = SampleKind.between(newer.kind(), gathered.first().kind())
                .orElseThrow(() -> new IllegalStateException("samples that are mixed do not differ"));
        gathered.consume(rest.to() - rest.from());
        return rest.record()
                .rejected(
                        Intake.class,
                        found.reason(),
                        found.detail() + " as in the newer " + newer.record()
                                + ", which is believed as long as no mini-batch was trained on; send samples that are"
                                + " alike" + (rest.isWhole() ? "" : "; this is about " + rest.words()));
    }

    /** The step was trained on: its samples are consumed, and all later ones have to be like them. */
    public void trained(MiniBatch batch) {
        if (rules.batchSize().isPresent() && pinned.isEmpty()) {
            pinned = gathered.first().kind();
        }
        gathered.consume(batch.samples().samples());
    }

    /**
     * The step was refused: its samples are consumed, and what is left of their records goes on.
     *
     * @param by what refused it
     * @return the refusals of all records that contributed
     */
    public List<RejectedRecord> refused(MiniBatch batch, Class<?> by, RejectReason reason, String detail) {
        gathered.consume(batch.samples().samples());
        return batch.rejected(by, reason, detail);
    }

    /** For each partition its first record that is not wholly consumed. */
    public Positions positions() {
        return gathered.isEmpty() ? readTo : gathered.first().before();
    }

    /** What belongs into a cut beside the positions. */
    public IntakeMemory memory() {
        int turn = gathered.isEmpty() ? order.turn() : gathered.first().record().partition();
        return new IntakeMemory(source.topicId(), turn, cursor(), ahead(), pinned);
    }

    private List<Cursor> cursor() {
        if (gathered.isEmpty()) {
            return rereading.cursor().stream().toList();
        }
        SourceRecord first = gathered.first().record();
        return gathered.consumed() == 0
                ? List.of()
                : List.of(new Cursor(first.partition(), first.offset(), gathered.consumed()));
    }

    private ReadAhead ahead() {
        boolean noneRefused = gathered.isEmpty() || gathered.first().refusedBefore() == refused;
        return noneRefused && rereading.isOver() ? ReadAhead.NOTHING : rereading.and(gathered.places(), readTo);
    }

    /** Whether everything that is in the topic was read; false as long as that is unknown. */
    public boolean isReadToEnd() {
        return source.lag().orElse(1) == 0;
    }

    /** Whether no broker answers that could have more. */
    public boolean isBrokerAway() {
        return source.isBrokerAway();
    }

    /** Records that are not wholly consumed, read or not; empty until it is known. */
    public OptionalLong lag() {
        OptionalLong unread = source.lag();
        return unread.isPresent() ? OptionalLong.of(unread.getAsLong() + gathered.size()) : unread;
    }

    private void nameWhoIsMissing() {
        pollsInVain = isReadToEnd() ? 0 : pollsInVain + 1;
        if (pollsInVain == PATIENCE && readTo.nextOffsets().size() > 1) {
            LOG.info(
                    "partition={} is due and empty while others hold records; feed it, or set finecomb.ingest.merge:"
                            + " arrival if the order need not depend on the records alone",
                    order.turn());
        }
    }
}
