package dev.finecomb.status;

import java.time.Instant;
import java.util.Optional;

/**
 * What is durable and published.
 *
 * @param step the last committed step
 * @param sequence number of the last committed checkpoint
 * @param cuts time from the freeze of a cut to its durable checkpoint
 * @param commits time of the transactions
 * @param outboxBytes outputs that wait for the next commit
 * @param lastCommittedAt when the last commit was acknowledged
 */
public record CommitStatus(
        long step, long sequence, Timing cuts, Timing commits, long outboxBytes, Optional<Instant> lastCommittedAt) {

    /** Nothing committed yet. */
    public static final CommitStatus NONE = new CommitStatus(0, 0, Timing.NONE, Timing.NONE, 0, Optional.empty());
}
