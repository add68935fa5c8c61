package dev.finecomb.loop;

import dev.finecomb.config.CheckpointConfig;
import java.time.Duration;

/**
 * When a cut is due. Wall time may trigger one and never changes a result.
 *
 * @param everySteps steps since the last cut
 * @param every time since the last cut, with anything to commit
 * @param outboxBytes pending outputs
 */
record CutPolicy(long everySteps, Duration every, long outboxBytes) {

    static CutPolicy of(CheckpointConfig config) {
        return new CutPolicy(config.everySteps(), config.every(), config.outboxBytes());
    }

    /**
     * Whether the work since the last cut is worth one.
     *
     * @param idle whether the input is read to its end, so that nothing is gained by waiting
     */
    boolean isDue(Uncommitted work, boolean idle) {
        if (work.isNothing()) {
            return false;
        }
        return idle
                || work.steps() >= everySteps
                || work.outboxBytes() >= outboxBytes
                || work.sinceLastCut().compareTo(every) >= 0;
    }

    /** What the next cut would commit. */
    record Uncommitted(long steps, long records, long outboxBytes, Duration sinceLastCut) {
        boolean isNothing() {
            return steps == 0 && records == 0 && outboxBytes == 0;
        }
    }
}
