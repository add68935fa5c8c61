package dev.finecomb.ledger;

import dev.finecomb.protocol.message.RecordPosition;
import dev.finecomb.protocol.message.StepMetrics;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** The steps took the records of each partition in the order of their offsets, none beyond the committed position. */
final class InputOrderCheck {
    private final String topic;
    private final Violations violations = new Violations();
    private final SortedMap<Integer, Long> last = new TreeMap<>();
    private String incarnation = "";

    InputOrderCheck(String topic) {
        this.topic = topic;
    }

    void accept(LedgerRecord record, StepMetrics metrics) {
        if (!metrics.origin().incarnation().equals(incarnation)) {
            incarnation = metrics.origin().incarnation();
            last.clear();
        }
        RecordPosition position = metrics.position();
        Long before = last.put(position.partition(), position.offset());
        if (before != null && position.offset() < before) {
            violations.add(record.where() + ": step " + metrics.origin().step() + " names "
                    + where(position.partition(), position.offset()) + " after "
                    + where(position.partition(), before));
        }
    }

    /** @param mode where steps are cut from samples, the position is that of a record that is consumed in part */
    Finding finding(Standing standing, BatchMode mode) {
        if (last.isEmpty()) {
            return Finding.skipped("input-order", "no metrics name a record");
        }
        boolean judged = standing.pointerAfter()
                .filter(_ -> !standing.mayRunAhead())
                .filter(pointer -> pointer.origin().incarnation().equals(incarnation))
                .isPresent();
        last.forEach((partition, offset) -> {
            OptionalLong position = standing.after().position(partition);
            long behind = switch (mode) {
                case RECORDS -> offset + 1;
                case SAMPLES -> offset;
            };
            if (judged && (position.isEmpty() || behind > position.getAsLong())) {
                violations.add(where(partition, offset) + " was trained on, but the committed position is "
                        + (position.isEmpty() ? "none" : position.getAsLong()));
            }
        });
        return violations.finding("input-order", "newest offset trained on, by partition: " + last);
    }

    private String where(int partition, long offset) {
        return LedgerRecord.where(new TopicPartition(topic, partition), offset);
    }
}
