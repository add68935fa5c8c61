package dev.finecomb.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is durable and published.
 *
 * @param step the last committed step
 * @param sequence number of the last committed checkpoint
 * @param durations how long the parts of a cut take
 * @param outboxBytes outputs that wait for the next commit
 * @param lastCommittedAt when the last commit was acknowledged
 * @param recent the last {@value #MOST_RECENT} commits of this process, newest first
 */
public record CommitStatus(
        long step,
        long sequence,
        Durations durations,
        long outboxBytes,
        Optional<Instant> lastCommittedAt,
        List<Commit> recent) {
    private static final int MOST_RECENT = 20;

    /** Nothing committed yet. */
    public static final CommitStatus NONE = new CommitStatus(0, 0, Durations.NONE, 0, Optional.empty(), List.of());

    /**
     * One commit.
     *
     * @param step everything up to this step
     * @param sequence number of its checkpoint
     * @param at when it was acknowledged
     * @param cutMillis from the beginning of the checkpoint's writing to its durable name
     * @param commitMillis of the transaction
     */
    public record Commit(long step, long sequence, Instant at, double cutMillis, double commitMillis) {}

    public CommitStatus {
        recent = List.copyOf(recent);
    }

    /**
     * How long the parts of a cut take.
     *
     * @param stalls time that the training thread spent on a cut instead of a step: the copy of the state, and the wait for
     *     the cut before if that was not committed yet
     * @param cuts time from the beginning of the checkpoint's writing to its durable name
     * @param commits time of the transactions
     */
    public record Durations(Timing stalls, Timing cuts, Timing commits) {

        /** No cut yet. */
        public static final Durations NONE = new Durations(Timing.NONE, Timing.NONE, Timing.NONE);
    }

    /** The training thread was kept from its steps for so long. */
    public CommitStatus stalled(long nanos) {
        var longer = new Durations(durations.stalls().plus(nanos), durations.cuts(), durations.commits());
        return new CommitStatus(step, sequence, longer, outboxBytes, lastCommittedAt, recent);
    }

    /** A checkpoint became durable after so long. */
    public CommitStatus durable(long nanos) {
        var longer = new Durations(durations.stalls(), durations.cuts().plus(nanos), durations.commits());
        return new CommitStatus(step, sequence, longer, outboxBytes, lastCommittedAt, recent);
    }

    /** A transaction of so long made everything up to a step visible. */
    public CommitStatus committed(long committedStep, long committedSequence, long nanos, Instant now) {
        var longer = new Durations(
                durations.stalls(), durations.cuts(), durations.commits().plus(nanos));
        List<Commit> commits = new ArrayList<>(recent.subList(0, Math.min(recent.size(), MOST_RECENT - 1)));
        double cutMillis = durations.cuts().lastMillis();
        commits.addFirst(new Commit(committedStep, committedSequence, now, cutMillis, nanos / 1e6));
        return new CommitStatus(committedStep, committedSequence, longer, outboxBytes, Optional.of(now), commits);
    }

    /** A former process committed up to here. */
    public CommitStatus resumedAt(long committedStep, long committedSequence) {
        return new CommitStatus(committedStep, committedSequence, durations, outboxBytes, lastCommittedAt, recent);
    }

    /** So many bytes of output wait. */
    public CommitStatus withOutboxBytes(long bytes) {
        return new CommitStatus(step, sequence, durations, bytes, lastCommittedAt, recent);
    }
}
