package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.loop.CutPolicy.Uncommitted;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CutPolicyTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final CutPolicy policy = new CutPolicy(100, Duration.ofSeconds(10), 1000);

    @Test
    void nothingIsNeverDue() {
        assertThat(policy.isDue(new Uncommitted(0, 0, 0, Duration.ofDays(1)), true))
                .isFalse();
    }

    @Test
    void littleWorkWaitsUntilTheInputIsRead() {
        assertThat(policy.isDue(new Uncommitted(99, 99, 999, SHORT), false)).isFalse();
        assertThat(policy.isDue(new Uncommitted(1, 1, 1, SHORT), true)).isTrue();
        assertThat(policy.isDue(new Uncommitted(0, 1, 0, SHORT), true)).isTrue();
    }

    @Test
    void stepsBytesOrTimeMakeItDue() {
        assertThat(policy.isDue(new Uncommitted(100, 100, 1, SHORT), false)).isTrue();
        assertThat(policy.isDue(new Uncommitted(1, 1, 1000, SHORT), false)).isTrue();
        assertThat(policy.isDue(new Uncommitted(1, 1, 1, Duration.ofSeconds(10)), false))
                .isTrue();
    }
}
