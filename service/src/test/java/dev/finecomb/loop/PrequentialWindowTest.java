package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.finecomb.loop.PrequentialWindow.Measured;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PrequentialWindowTest {

    @Test
    void countsSamplesNotBatches() {
        var window = new PrequentialWindow(List.of());
        window.add(Measured.of(10, 2, OptionalDouble.of(1)));
        window.add(Measured.of(30, 1, OptionalDouble.of(0)));

        assertThat(window.accuracy().orElseThrow()).isCloseTo(0.25, within(1e-12));
        assertThat(window.loss().orElseThrow()).isCloseTo(1.25, within(1e-12));
        assertThat(window.samples()).isEqualTo(40);
    }

    @Test
    void forgetsTheOldestBatch() {
        var window = new PrequentialWindow(List.of());
        window.add(Measured.of(1, 1, OptionalDouble.of(0)));
        for (int i = 0; i < PrequentialWindow.BATCHES; i++) {
            window.add(Measured.of(1, 1, OptionalDouble.of(1)));
        }

        assertThat(window.accuracy().orElseThrow()).isEqualTo(1);
    }

    @Test
    void aRegressionHasALossButNoAccuracy() {
        var window = new PrequentialWindow(List.of(Measured.of(4, 0.5, OptionalDouble.empty())));

        assertThat(window.accuracy()).isEmpty();
        assertThat(window.loss()).hasValue(0.5);
        assertThat(new PrequentialWindow(List.of()).loss()).isEmpty();
    }
}
