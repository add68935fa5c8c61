package dev.finecomb.ledger;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Samples in accepted records below the committed position against samples trained on. When steps take a fixed number of
 * samples, a record at the position may be consumed in part.
 */
final class SampleSum {
    private long accepted;
    private long trained;
    private int largestAtPosition;
    private boolean refusedInPart;
    private long uncounted;

    void trained(int samples) {
        trained += samples;
    }

    /** The record at a partition's committed position holds so many; all but one may be consumed. */
    void atPosition(OptionalInt samples) {
        samples.ifPresentOrElse(count -> largestAtPosition = Math.max(largestAtPosition, count), () -> uncounted++);
    }

    /** A mini-batch was refused, and with it parts of records. */
    void refusedInPart() {
        refusedInPart = true;
    }

    void accepted(OptionalInt samples) {
        samples.ifPresentOrElse(count -> accepted += count, () -> uncounted++);
    }

    /** Why nothing can be said, if so. */
    Optional<String> unknown() {
        if (refusedInPart) {
            return Optional.of("a mini-batch was refused, and its records may be trained on in part");
        }
        return uncounted == 0
                ? Optional.empty()
                : Optional.of("of " + uncounted + " records that were not refused the samples can't be counted,"
                        + " as they are no safetensors");
    }

    Finding finding(String check, String range) {
        var violations = new Violations();
        long inPart = trained - accepted;
        if (inPart < 0) {
            violations.add(-inPart + " samples were not trained on");
        } else if (inPart > 0 && inPart >= largestAtPosition) {
            violations.add(inPart + " samples more were trained on than the records hold, and a record at the position"
                    + " holds " + largestAtPosition);
        }
        return violations.finding(
                check, trained + " samples trained on of " + accepted + " in accepted records, " + range);
    }
}
