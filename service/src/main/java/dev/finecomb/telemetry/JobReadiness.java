package dev.finecomb.telemetry;

import dev.finecomb.status.JobStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.Waiting;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;

/**
 * Up when the job does what it is for: this process owns it, its state is loaded, its store is writable, its broker
 * answers.
 */
@Readiness
@Singleton
public final class JobReadiness implements HealthIndicator {

    private final StatusBoard board;

    public JobReadiness(StatusBoard board) {
        this.board = board;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        JobStatus status = board.current();
        boolean broker = status.runtime().waiting() != Waiting.BROKER;
        boolean store = status.runtime().storeWritable() && status.runtime().waiting() != Waiting.STORE;
        boolean ready = status.runtime().owner()
                && status.runtime().restored()
                && store
                && broker
                && status.phase().state() != StateName.FAILED;
        return Publishers.just(HealthResult.builder("job", ready ? HealthStatus.UP : HealthStatus.DOWN)
                .details(Map.of(
                        "owner", status.runtime().owner(),
                        "restored", status.runtime().restored(),
                        "storeWritable", store,
                        "brokerReachable", broker,
                        "state", status.phase().state().wireName()))
                .build());
    }
}
