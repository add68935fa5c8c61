package dev.finecomb.ledger;

import dev.finecomb.protocol.DeadLetter;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every refused record is in the dead letters once, with coordinates of the input topic below the committed position. */
final class DeadLetterCheck {
    private final String inputTopic;
    private final Violations violations = new Violations();
    private final Violations repeated = new Violations();
    private final SortedMap<Integer, Long> last = new TreeMap<>();
    private OffsetTable seen = new OffsetTable();
    private String incarnation = "";
    private long count;

    DeadLetterCheck(String inputTopic) {
        this.inputTopic = inputTopic;
    }

    void accept(LedgerRecord record, DeadLetter letter) {
        if (!letter.origin().incarnation().equals(incarnation)) {
            incarnation = letter.origin().incarnation();
            seen = new OffsetTable();
            last.clear();
        }
        count++;
        String source = LedgerRecord.where(letter.partition(), letter.offset());
        if (!letter.partition().topic().equals(inputTopic)) {
            violations.add(record.where() + " is said to come from " + source + ", not from " + inputTopic);
            return;
        }
        if (seen.add(letter.partition().partition(), letter.offset(), 1) > 0) {
            repeated.add(record.where() + " repeats " + source);
        }
        last.merge(letter.partition().partition(), letter.offset(), Math::max);
    }

    Finding finding(Standing standing, BatchMode mode) {
        // Where steps are cut from samples, a record is refused at once, also while those before it wait for more
        // samples.
        boolean judged = mode == BatchMode.RECORDS
                && standing.pointerAfter()
                        .filter(_ -> !standing.mayRunAhead())
                        .filter(pointer -> pointer.origin().incarnation().equals(incarnation))
                        .isPresent();
        last.forEach((partition, offset) -> {
            OptionalLong position = standing.after().position(partition);
            if (judged && (position.isEmpty() || offset >= position.getAsLong())) {
                violations.add("a dead letter is " + inputTopic + "-" + partition + "@" + offset
                        + ", but the committed position is " + (position.isEmpty() ? "none" : position.getAsLong()));
            }
        });
        if (mode == BatchMode.RECORDS && standing.delivery() == Delivery.EXACTLY_ONCE) {
            violations.addAll(repeated);
        }
        return violations.finding("dead-letters", count + " refused records");
    }
}
