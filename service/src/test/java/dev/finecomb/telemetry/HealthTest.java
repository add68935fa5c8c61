package dev.finecomb.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.status.RuntimeStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.StatusFixtures;
import dev.finecomb.status.Waiting;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

class HealthTest {

    private static final Duration BOUND = Duration.ofMinutes(5);

    private final StatusBoard board = new StatusBoard(StatusFixtures.removing());
    private Instant now = StatusFixtures.NOW;
    private final TrainingLiveness liveness = new TrainingLiveness(board, () -> now, BOUND);
    private final JobReadiness readiness = new JobReadiness(board);

    @Test
    void aTrainingJobIsAliveUntilItMadeNoProgressForTooLong() {
        now = StatusFixtures.NOW.plus(BOUND);
        assertThat(status(liveness)).isEqualTo(HealthStatus.UP);

        now = now.plusSeconds(1);
        assertThat(status(liveness)).isEqualTo(HealthStatus.DOWN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Waiting.class,
            names = {"INPUT", "BROKER", "STORE"})
    void aJobThatWaitsIsAlive(Waiting what) {
        runtime(runtime -> runtime.waitingFor(what, StatusFixtures.NOW));
        now = StatusFixtures.NOW.plus(Duration.ofDays(1));

        assertThat(status(liveness)).isEqualTo(HealthStatus.UP);
    }

    @ParameterizedTest
    @CsvSource({
        "RESTORING, UP", "LEARNING, DOWN", "REMOVING, DOWN", "SETTLING, DOWN",
        "EXPORTING, DOWN", "FINALIZED, UP", "PAUSED, UP", "FAILED, UP"
    })
    void onlyStatesThatShouldMakeProgressCanHang(StateName state, String expected) {
        board.update(status -> status.with(status.phase().to(state, StatusFixtures.NOW)));
        now = StatusFixtures.NOW.plus(Duration.ofDays(1));

        assertThat(status(liveness)).isEqualTo(new HealthStatus(expected));
    }

    @Test
    void anOwnerWithItsStateAndAStoreIsReady() {
        assertThat(status(readiness)).isEqualTo(HealthStatus.UP);
    }

    @Test
    void whatIsMissingMakesItUnready() {
        assertUnready(runtime -> runtime.withOwner(false));
        assertUnready(runtime -> runtime.withRestored(false));
        assertUnready(runtime -> runtime.withStoreWritable(false));
        assertUnready(runtime -> runtime.waitingFor(Waiting.BROKER, StatusFixtures.NOW));
        assertUnready(runtime -> runtime.waitingFor(Waiting.STORE, StatusFixtures.NOW));

        board.update(status -> status.with(status.phase().failed("disk full", StatusFixtures.NOW)));
        assertThat(status(readiness)).isEqualTo(HealthStatus.DOWN);
    }

    private void assertUnready(UnaryOperator<RuntimeStatus> change) {
        runtime(change);
        assertThat(status(readiness)).isEqualTo(HealthStatus.DOWN);
        board.publish(StatusFixtures.removing());
    }

    private void runtime(UnaryOperator<RuntimeStatus> change) {
        board.update(status -> status.with(change.apply(status.runtime())));
    }

    private static HealthStatus status(HealthIndicator indicator) {
        return Mono.from(indicator.getResult()).blockOptional().orElseThrow().getStatus();
    }
}
