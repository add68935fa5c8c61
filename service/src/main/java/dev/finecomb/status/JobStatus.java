package dev.finecomb.status;

import java.time.Instant;

/**
 * Everything about a job at one moment. Immutable: one snapshot is consistent in itself.
 *
 * @param identity which job this is
 * @param phase the state it is in
 * @param training how far it has come, and how well
 * @param input what it has read and refused
 * @param commit what is durable and published
 * @param runtime how the process is
 */
public record JobStatus(
        JobIdentity identity,
        JobPhase phase,
        TrainingStatus training,
        InputStatus input,
        CommitStatus commit,
        RuntimeStatus runtime) {

    /** A job of which no more is known than its name. */
    public static JobStatus starting(JobIdentity identity, Instant now) {
        return new JobStatus(
                identity,
                JobPhase.of(StateName.RESTORING, now),
                TrainingStatus.NONE,
                InputStatus.NONE,
                CommitStatus.NONE,
                RuntimeStatus.starting(now));
    }

    /** The same with another identity. */
    public JobStatus with(JobIdentity other) {
        return new JobStatus(other, phase, training, input, commit, runtime);
    }

    /** The same with another state. */
    public JobStatus with(JobPhase other) {
        return new JobStatus(identity, other, training, input, commit, runtime);
    }

    /** The same with other progress. */
    public JobStatus with(TrainingStatus other) {
        return new JobStatus(identity, phase, other, input, commit, runtime);
    }

    /** The same with another input. */
    public JobStatus with(InputStatus other) {
        return new JobStatus(identity, phase, training, other, commit, runtime);
    }

    /** The same with another commit. */
    public JobStatus with(CommitStatus other) {
        return new JobStatus(identity, phase, training, input, other, runtime);
    }

    /** The same with another process. */
    public JobStatus with(RuntimeStatus other) {
        return new JobStatus(identity, phase, training, input, commit, other);
    }
}
