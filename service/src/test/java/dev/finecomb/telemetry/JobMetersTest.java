package dev.finecomb.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.status.CommitStatus;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.StatusFixtures;
import dev.finecomb.status.TrainingStatus;
import dev.finecomb.status.Waiting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JobMetersTest {

    private final StatusBoard board = new StatusBoard(StatusFixtures.removing());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    JobMetersTest() {
        new JobMeters(board, List.of("DTYPE", "SHAPE")).bindTo(registry);
    }

    @Test
    void gaugesReadTheStatus() {
        assertThat(gauge("finecomb.loss")).isEqualTo(0.75);
        assertThat(gauge("finecomb.accuracy")).isEqualTo(0.5);
        assertThat(gauge("finecomb.accuracy.prequential")).isEqualTo(0.25);
        assertThat(gauge("finecomb.learning.rate")).isEqualTo(0.05);
        assertThat(gauge("finecomb.gradient.norm")).isInfinite();
        assertThat(gauge("finecomb.steps.per.second")).isEqualTo(12.5);
        assertThat(gauge("finecomb.survivors")).isEqualTo(3);
        assertThat(gauge("finecomb.combinations")).isEqualTo(6);
        assertThat(gauge("finecomb.density")).isEqualTo(0.875);
        assertThat(gauge("finecomb.lag")).isEqualTo(17);
        assertThat(gauge("finecomb.outbox")).isEqualTo(4096);
        assertThat(gauge("finecomb.native.arrays")).isEqualTo(33);
        assertThat(gauge("finecomb.committed.step")).isEqualTo(40);
        assertThat(gauge("finecomb.steps.planned")).isEqualTo(600);
        assertThat(gauge("finecomb.committed.time")).isEqualTo(1772366398);
        assertThat(gauge("finecomb.progress.time")).isEqualTo(1772366400);
    }

    @Test
    void countersAndTimersReadTheStatus() {
        assertThat(registry.get("finecomb.steps").functionCounter().count()).isEqualTo(42);
        assertThat(registry.get("finecomb.samples").functionCounter().count()).isEqualTo(2688);
        assertThat(rejects("DTYPE")).isEqualTo(2);
        assertThat(rejects("SHAPE")).isZero();
        assertThat(registry.get("finecomb.step").functionTimer().count()).isEqualTo(40);
        assertThat(registry.get("finecomb.step").functionTimer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(2000);
        assertThat(registry.get("finecomb.cut").functionTimer().mean(TimeUnit.MILLISECONDS))
                .isEqualTo(20);
        assertThat(registry.get("finecomb.cut.stall").functionTimer().mean(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
        assertThat(registry.get("finecomb.commit").functionTimer().mean(TimeUnit.MILLISECONDS))
                .isEqualTo(10);
    }

    @Test
    void oneStateIsOneAndTheOthersAreZero() {
        for (StateName state : StateName.values()) {
            double shown = registry.get("finecomb.state")
                    .tag("state", state.wireName())
                    .gauge()
                    .value();
            assertThat(shown).isEqualTo(state == StateName.REMOVING ? 1 : 0);
        }
    }

    @Test
    void whatIsWaitedForIsOneAndTheRestIsZero() {
        board.update(status -> status.with(status.runtime().waitingFor(Waiting.STORE, StatusFixtures.NOW)));
        for (Waiting what : Waiting.values()) {
            double shown = registry.get("finecomb.waiting")
                    .tag("what", what.wireName())
                    .gauge()
                    .value();
            assertThat(shown).isEqualTo(what == Waiting.STORE ? 1 : 0);
        }
    }

    @Test
    void whatIsUnknownIsNaN() {
        board.update(status -> status.with(TrainingStatus.NONE).with(CommitStatus.NONE));

        assertThat(gauge("finecomb.loss")).isNaN();
        assertThat(gauge("finecomb.accuracy.prequential")).isNaN();
        assertThat(gauge("finecomb.steps.planned")).isNaN();
        assertThat(gauge("finecomb.committed.time")).isNaN();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double rejects(String reason) {
        return registry.get("finecomb.rejects")
                .tag("reason", reason)
                .functionCounter()
                .count();
    }
}
