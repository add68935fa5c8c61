package dev.finecomb.ledger;

import dev.finecomb.protocol.DeadLetter;
import dev.finecomb.protocol.message.CheckpointManifest;
import dev.finecomb.protocol.message.CheckpointPointer;
import dev.finecomb.protocol.message.RecordPosition;
import dev.finecomb.protocol.message.StepMetrics;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Every record between the first and the last committed position that still exists was either trained on or refused,
 * exactly once. Of the committed incarnation only: an older one's positions are forgotten.
 *
 * <p>Where one record is one step, the metrics name every record that was trained on. Where steps are cut from samples, they
 * name only the record that completed each, so there the samples are summed up instead.
 */
final class CoverageCheck {
    private static final String NAME = "coverage";
    /** Refuses a step's samples, not a record. */
    static final String TRAINER = "dev.finecomb.training.Trainer";

    private final String inputTopic;
    private final Committed before;
    private final String incarnation;
    private final boolean trimmed;
    private final OffsetTable trained = new OffsetTable(); // samples
    private final OffsetTable refused = new OffsetTable();
    private final Map<Integer, Long> begins = new TreeMap<>();
    private final Violations violations = new Violations();
    private final SampleSum sum = new SampleSum();
    private final Set<Integer> atPosition = new HashSet<>();
    private boolean beginsKnown;
    private long trainedRecords;
    private long refusedRecords;

    /**
     * @param before what was committed before the topics were read
     * @param trimmed whether the oldest metrics are deleted already
     */
    CoverageCheck(String inputTopic, Committed before, boolean trimmed) {
        this.inputTopic = inputTopic;
        this.before = before;
        this.incarnation =
                before.pointer().map(pointer -> pointer.origin().incarnation()).orElse("");
        this.trimmed = trimmed;
    }

    /** A checkpoint of the job; the first of the incarnation tells where in the input it began. */
    void accept(CheckpointManifest manifest) {
        if (manifest.sequence() == 0 && manifest.origin().incarnation().equals(incarnation) && !trimmed) {
            begins.putAll(manifest.positions());
            beginsKnown = true;
        }
    }

    void accept(LedgerRecord record, StepMetrics metrics) {
        if (!metrics.origin().incarnation().equals(incarnation)) {
            return;
        }
        RecordPosition position = metrics.position();
        beginAtFirst(position.partition(), position.offset());
        int samples = metrics.learning().samples();
        int earlier = trained.add(position.partition(), position.offset(), samples);
        if (earlier > 0) {
            violations.add(record.where() + ": step " + metrics.origin().step() + " trains again on "
                    + LedgerRecord.where(new TopicPartition(inputTopic, position.partition()), position.offset()));
        }
        if (isCommitted(metrics)) {
            sum.trained(samples);
        }
    }

    private boolean isCommitted(StepMetrics metrics) {
        return before.pointer()
                .map(CheckpointPointer::origin)
                .filter(origin -> metrics.origin().step() <= origin.step())
                .isPresent();
    }

    void accept(DeadLetter letter) {
        if (letter.refusedBy().equals(TRAINER)) {
            sum.refusedInPart();
        }
        if (letter.origin().incarnation().equals(incarnation)) {
            if (!trimmed) {
                beginAtFirst(letter.partition().partition(), letter.offset());
            }
            refused.add(letter.partition().partition(), letter.offset(), 1);
        }
    }

    private void beginAtFirst(int partition, long offset) {
        if (!beginsKnown) {
            begins.merge(partition, offset, Math::min);
        }
    }

    /** A record of the input topic; after all metrics and dead letters. */
    void acceptInput(LedgerRecord record) {
        int partition = record.source().partition();
        long offset = record.offset();
        boolean judged = begins.containsKey(partition) && offset >= begins.get(partition);
        if (!judged) {
            return;
        }
        if (offset >= before.position(partition).orElse(0)) {
            if (atPosition.add(partition)) {
                sum.atPosition(record.value().map(SampleCount::of).orElseGet(OptionalInt::empty));
            }
            return;
        }
        int samples = trained.get(partition, offset);
        boolean isRefused = refused.get(partition, offset) > 0;
        OptionalInt held = record.value().map(SampleCount::of).orElseGet(OptionalInt::empty);
        if (isRefused) {
            refusedRecords++;
        } else {
            sum.accepted(held);
        }
        if (samples > 0) {
            trainedRecords++;
        }
        if (samples == 0 && !isRefused) {
            violations.add(record.where() + " was neither trained on nor refused");
        } else if (samples > 0 && isRefused) {
            violations.add(record.where() + " was trained on and is in the dead letters too");
        } else if (samples > 0 && held.isPresent() && held.getAsInt() != samples) {
            violations.add(record.where() + " holds " + held.getAsInt() + " samples, trained on were " + samples);
        }
    }

    /** @param inputTrimmed whether records are deleted that the job began with */
    Finding finding(BatchMode mode, boolean inputTrimmed) {
        if (before.isNothing()) {
            return Finding.skipped(NAME, "the job has no committed offsets");
        }
        if (begins.isEmpty()) {
            return Finding.skipped(NAME, "neither metrics nor dead letters name a record");
        }
        String range = "from " + begins + " to " + before.positions() + " by partition";
        return switch (mode) {
            case RECORDS ->
                violations.finding(
                        NAME,
                        trainedRecords + " records trained on, " + refusedRecords + " refused, " + range
                                + (inputTrimmed ? "; retention has deleted some" : ""));
            case SAMPLES -> {
                Optional<String> unknown = unknown(inputTrimmed);
                yield unknown.isPresent() ? Finding.skipped(NAME, unknown.get()) : sum.finding(NAME, range);
            }
        };
    }

    private Optional<String> unknown(boolean inputTrimmed) {
        if (trimmed || inputTrimmed) {
            return Optional.of("with mini-batches only the sum of all samples tells, and retention has deleted some");
        }
        return beginsKnown
                ? sum.unknown()
                : Optional.of("the job's first checkpoint is compacted, so where it began"
                        + " is unknown, and with mini-batches only the sum of all samples tells");
    }

    /** Whether the partition was read from before this offset on. */
    boolean beginsBefore(int partition, long offset) {
        return begins.getOrDefault(partition, Long.MAX_VALUE) < offset;
    }
}
