package dev.finecomb.status;

import java.time.Instant;

/**
 * How the process is.
 *
 * @param nativeArrays engine arrays alive
 * @param owner whether this process owns the job: its producer was initialised and not fenced since
 * @param restored whether the trainer state was loaded
 * @param storeWritable whether the last write to the checkpoint store succeeded
 * @param waiting what it waits for
 * @param lastProgress when it last did a step, or anything else that proves it alive
 */
public record RuntimeStatus(
        long nativeArrays,
        boolean owner,
        boolean restored,
        boolean storeWritable,
        Waiting waiting,
        Instant lastProgress) {

    /** A process that has just started. */
    public static RuntimeStatus starting(Instant now) {
        return new RuntimeStatus(0, false, false, true, Waiting.NOTHING, now);
    }

    /** Progress was made: nothing is waited for. */
    public RuntimeStatus progressed(Instant now, long arrays) {
        return new RuntimeStatus(arrays, owner, restored, storeWritable, Waiting.NOTHING, now);
    }

    /** Something moved, whatever is waited for. */
    public RuntimeStatus moved(Instant now) {
        return new RuntimeStatus(nativeArrays, owner, restored, storeWritable, waiting, now);
    }

    /** Something is waited for. */
    public RuntimeStatus waitingFor(Waiting what, Instant now) {
        return new RuntimeStatus(nativeArrays, owner, restored, storeWritable, what, now);
    }

    /** The process owns the job, or no more. */
    public RuntimeStatus withOwner(boolean owns) {
        return new RuntimeStatus(nativeArrays, owns, restored, storeWritable, waiting, lastProgress);
    }

    /** The trainer state was loaded, or not. */
    public RuntimeStatus withRestored(boolean loaded) {
        return new RuntimeStatus(nativeArrays, owner, loaded, storeWritable, waiting, lastProgress);
    }

    /** The checkpoint store took the last checkpoint, or not. */
    public RuntimeStatus withStoreWritable(boolean writable) {
        return new RuntimeStatus(nativeArrays, owner, restored, writable, waiting, lastProgress);
    }
}
