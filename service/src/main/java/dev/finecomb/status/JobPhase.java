package dev.finecomb.status;

import java.time.Instant;
import java.util.Optional;

/**
 * The state a job is in.
 *
 * @param state its name
 * @param since when it began
 * @param finished the announced model, once there is one
 * @param failure what went wrong, where and the remedy, once something did
 */
public record JobPhase(StateName state, Instant since, Optional<Finished> finished, Optional<String> failure) {

    /**
     * An announced model.
     *
     * @param location the directory it lies in
     * @param sha256 digest of its {@code model.safetensors}
     * @param step the step it was exported at
     */
    public record Finished(String location, String sha256, long step) {}

    /** A state without model or failure. */
    public static JobPhase of(StateName state, Instant since) {
        return new JobPhase(state, since, Optional.empty(), Optional.empty());
    }

    /** The next state; a model that was announced stays so. */
    public JobPhase to(StateName next, Instant now) {
        return new JobPhase(next, now, finished, failure);
    }

    /** The same state with the model that was announced in it. */
    public JobPhase withFinished(Finished model) {
        return new JobPhase(state, since, Optional.of(model), failure);
    }

    /** The end, with what went wrong. */
    public JobPhase failed(String what, Instant now) {
        return new JobPhase(StateName.FAILED, now, finished, Optional.of(what));
    }
}
