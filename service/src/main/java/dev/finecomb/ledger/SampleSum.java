package dev.finecomb.ledger;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Samples in accepted records against samples trained on. When steps take a fixed number of samples, fewer than a step's
 * worth may wait for the next records.
 */
final class SampleSum {
    private long accepted;
    private long trained;
    private int largestStep;
    private long uncounted;

    void trained(int samples) {
        trained += samples;
        largestStep = Math.max(largestStep, samples);
    }

    void accepted(OptionalInt samples) {
        samples.ifPresentOrElse(count -> accepted += count, () -> uncounted++);
    }

    /** Why nothing can be said, if so. */
    Optional<String> unknown() {
        return uncounted == 0
                ? Optional.empty()
                : Optional.of("of " + uncounted + " records that were not refused the samples can't be counted,"
                        + " as they are no safetensors");
    }

    Finding finding(String check, String range) {
        var violations = new Violations();
        long waiting = accepted - trained;
        if (waiting < 0) {
            violations.add(-waiting + " samples more were trained on than the records hold");
        } else if (waiting >= largestStep && largestStep > 0) {
            violations.add(
                    waiting + " samples were not trained on, a whole step's worth of " + largestStep + " or more");
        }
        return violations.finding(
                check, trained + " samples trained on of " + accepted + " in accepted records, " + range);
    }
}
