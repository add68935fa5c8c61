package dev.finecomb.telemetry;

import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Waiting;
import io.micronaut.context.annotation.Value;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.reactivestreams.Publisher;

/**
 * Down when a job that should make progress made none for too long: the process hangs, and only a restart helps. A job
 * that waits for input, for the broker or for its store is alive, and so is one that is restoring, paused or finished.
 */
@Liveness
@Singleton
public final class TrainingLiveness implements HealthIndicator {

    private final StatusBoard board;
    private final InstantSource clock;
    private final Duration bound;

    /** Compares the time since the last progress with a bound. */
    public TrainingLiveness(
            StatusBoard board,
            InstantSource clock,
            @Value("${endpoints.health.training-progress-bound:5m}") Duration bound) {
        this.board = board;
        this.clock = clock;
        this.bound = bound;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        JobStatus status = board.current();
        Duration still = Duration.between(status.runtime().lastProgress(), clock.instant());
        boolean alive = !shouldProgress(status) || still.compareTo(bound) <= 0;
        return Publishers.just(HealthResult.builder("training", alive ? HealthStatus.UP : HealthStatus.DOWN)
                .details(Map.of(
                        "state", status.phase().state().wireName(),
                        "step", status.training().progress().step(),
                        "waiting", status.runtime().waiting().wireName(),
                        "secondsSinceProgress", still.toSeconds(),
                        "boundSeconds", bound.toSeconds()))
                .build());
    }

    private static boolean shouldProgress(JobStatus status) {
        return status.runtime().waiting() == Waiting.NOTHING
                && isRunning(status.phase().state());
    }

    private static boolean isRunning(StateName state) {
        return switch (state) {
            case LEARNING, REMOVING, SETTLING, EXPORTING -> true;
            case RESTORING, FINALIZED, PAUSED, FAILED -> false;
        };
    }
}
