package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSaliencyTest {
    private static final Shape SHAPE = new Shape(6, 8, 3, 3);
    private static final int ELEMENTS = 432;

    private NDManager manager;

    @BeforeAll
    static void stayOffline() {
        System.setProperty("ai.djl.offline", "true");
    }

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({"0,0,false", "0,0.01,false", "0.9,0,false", "0.9,0.01,false", "0.9,0.01,true"})
    void agreesWithTheHostToAFewUlp(float momentum, float decay, boolean nesterov) {
        SaliencyRule rule = new SaliencyRule(0.1f, momentum, decay, nesterov);
        try (HostSaliency host = new HostSaliency(rule, List.of(4L, (long) ELEMENTS));
                DeviceSaliency device = new DeviceSaliency(manager, rule, List.of(new Shape(1, 4), SHAPE))) {
            for (int step = 0; step < 30; step++) {
                float[] w = PolicyRun.gaussians(step, ELEMENTS);
                float[] g = PolicyRun.gaussians(-1 - step, ELEMENTS);
                host.accumulate(1, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
                try (NDArray weights = manager.create(w, SHAPE);
                        NDArray gradients = manager.create(g, SHAPE)) {
                    device.accumulate(1, weights, gradients);
                }
            }

            for (SaliencyBuffer buffer : host.buffers()) {
                float[] expected = read(host, buffer, 1);
                float[] actual = read(device, buffer, 1);
                for (int i = 0; i < ELEMENTS; i++) {
                    // Ulps of the terms' size: sums that cancel can't be closer.
                    assertThat(Math.abs(actual[i] - expected[i]))
                            .isLessThanOrEqualTo(4 * Math.ulp(Math.max(1, Math.abs(expected[i]))));
                }
                assertThat(read(device, buffer, 0)).containsOnly(0);
            }
        }
    }

    @Test
    void leavesNoArrayBehindAndTheGradientAlone() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f, true);
        try (DeviceSaliency saliency = new DeviceSaliency(manager, rule, List.of(SHAPE));
                NDArray weights = manager.create(PolicyRun.gaussians(1, ELEMENTS), SHAPE);
                NDArray gradients = manager.create(PolicyRun.gaussians(2, ELEMENTS), SHAPE)) {
            NDManager own = saliency.a(0).getManager();
            int shared = manager.getManagedArrays().size();
            int owned = own.getManagedArrays().size();
            for (int step = 0; step < 50; step++) {
                saliency.accumulate(0, weights, gradients, 0.05f);
            }

            assertThat(manager.getManagedArrays()).hasSize(shared);
            assertThat(own.getManagedArrays()).hasSize(owned);
            assertThat(gradients.toFloatArray()).containsExactly(PolicyRun.gaussians(2, ELEMENTS));
            assertThat(weights.toFloatArray()).containsExactly(PolicyRun.gaussians(1, ELEMENTS));
        }
    }

    @Test
    void goesOnFromWhatWasReadAndWritten() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f);
        try (DeviceSaliency first = new DeviceSaliency(manager, rule, List.of(SHAPE));
                DeviceSaliency second = new DeviceSaliency(manager, rule, List.of(SHAPE));
                NDArray weights = manager.create(PolicyRun.gaussians(1, ELEMENTS), SHAPE);
                NDArray gradients = manager.create(PolicyRun.gaussians(2, ELEMENTS), SHAPE)) {
            first.accumulate(0, weights, gradients);
            for (SaliencyBuffer buffer : first.buffers()) {
                second.write(buffer, 0, MemorySegment.ofArray(read(first, buffer, 0)));
            }
            first.accumulate(0, weights, gradients);
            second.accumulate(0, weights, gradients);

            for (SaliencyBuffer buffer : first.buffers()) {
                assertThat(read(second, buffer, 0)).containsExactly(read(first, buffer, 0));
            }
        }
    }

    @Test
    void refusesBuffersItHasNotAndSegmentsOfAnotherSize() {
        try (DeviceSaliency saliency = new DeviceSaliency(manager, new SaliencyRule(0.1f, 0, 0), List.of(SHAPE))) {
            MemorySegment fitting = MemorySegment.ofArray(new float[ELEMENTS]);
            MemorySegment small = MemorySegment.ofArray(new float[4]);

            assertThat(saliency.layers()).isEqualTo(1);
            assertThat(saliency.elements(0)).isEqualTo(ELEMENTS);
            assertThatIllegalArgumentException().isThrownBy(() -> saliency.read(SaliencyBuffer.MOMENTUM, 0, fitting));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> saliency.read(SaliencyBuffer.ACCUMULATOR, 0, small))
                    .withMessageContainingAll("1728", "16");
        }
    }

    private static float[] read(Saliency saliency, SaliencyBuffer buffer, int layer) {
        float[] values = new float[Math.toIntExact(saliency.elements(layer))];
        saliency.read(buffer, layer, MemorySegment.ofArray(values));
        return values;
    }
}
