package dev.finecomb.sparsity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSaliencyTest {
    private static final int ELEMENTS = 432;
    private static final FlatLayout LAYOUT = FlatLayout.of(List.of((long) ELEMENTS));

    private NDManager manager;
    private final Launches launches = new Launches();

    /** The arithmetic by the operations that NDArray has, counted. */
    private static final class Launches implements DeviceArithmetic {
        private int count;

        @Override
        public void addProduct(NDArray target, NDArray left, NDArray right, float factor) {
            count++;
            try (NDArray product = left.mul(right)) {
                target.addi(product.muli(factor));
            }
        }

        @Override
        public void addScaled(NDArray target, NDArray addend, float factor) {
            count++;
            try (NDArray scaled = addend.mul(factor)) {
                target.addi(scaled);
            }
        }

        @Override
        public void copy(NDArray target, NDArray source) {
            target.toByteBuffer(true).put(source.toByteBuffer());
        }
    }

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
    @CsvSource({"0,0,false,1", "0,0.01,false,2", "0.9,0,false,2", "0.9,0.01,false,3", "0.9,0,true,3", "0.9,0.01,true,5"
    })
    void agreesWithTheHostToAFewUlpInFewLaunches(float momentum, float decay, boolean nesterov, int perStep) {
        FlatLayout layout = FlatLayout.of(List.of(4L, (long) ELEMENTS));
        int from = Math.toIntExact(layout.offsets().get(1));
        SaliencyRule rule = new SaliencyRule(0.1f, momentum, decay, nesterov);
        try (HostSaliency host = new HostSaliency(rule, List.of(4L, (long) ELEMENTS));
                DeviceSaliency device = new DeviceSaliency(manager, launches, rule, layout)) {
            for (int step = 0; step < 30; step++) {
                float[] w = PolicyRun.gaussians(step, ELEMENTS);
                float[] g = PolicyRun.gaussians(-1 - step, ELEMENTS);
                host.accumulate(1, MemorySegment.ofArray(w), MemorySegment.ofArray(g));
                try (NDArray weights = flat(w, from, layout);
                        NDArray gradients = flat(g, from, layout)) {
                    device.accumulate(weights, gradients);
                }
            }
            assertThat(launches.count).as("launches beside the momentum's own").isEqualTo(30 * perStep);

            for (SaliencyBuffer buffer : host.buffers()) {
                float[] expected = read(host, buffer, 1);
                float[] actual = read(device, buffer, 1);
                for (int i = 0; i < ELEMENTS; i++) {
                    // Ulps of the terms' size: sums that cancel can't be closer. Every launch rounds by itself.
                    assertThat(Math.abs(actual[i] - expected[i]))
                            .isLessThanOrEqualTo(4 * perStep * Math.ulp(Math.max(1, Math.abs(expected[i]))));
                }
                assertThat(read(device, buffer, 0)).containsOnly(0);
            }
        }
    }

    private NDArray flat(float[] values, int from, FlatLayout layout) {
        float[] whole = new float[Math.toIntExact(layout.size())];
        System.arraycopy(values, 0, whole, from, values.length);
        return manager.create(whole);
    }

    @Test
    void leavesNoArrayBehindAndTheGradientAlone() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f, true);
        try (DeviceSaliency saliency = new DeviceSaliency(manager, launches, rule, LAYOUT);
                NDArray weights = flat(PolicyRun.gaussians(1, ELEMENTS), 0, LAYOUT);
                NDArray gradients = flat(PolicyRun.gaussians(2, ELEMENTS), 0, LAYOUT)) {
            int shared = manager.getManagedArrays().size();
            for (int step = 0; step < 50; step++) {
                saliency.accumulate(weights, gradients, 0.05f);
            }

            assertThat(manager.getManagedArrays()).hasSize(shared);
            assertThat(gradients.toFloatArray()).startsWith(PolicyRun.gaussians(2, ELEMENTS));
            assertThat(weights.toFloatArray()).startsWith(PolicyRun.gaussians(1, ELEMENTS));
        }
    }

    @Test
    void goesOnFromWhatWasReadAndWritten() {
        SaliencyRule rule = new SaliencyRule(0.1f, 0.9f, 0.01f);
        try (DeviceSaliency first = new DeviceSaliency(manager, launches, rule, LAYOUT);
                DeviceSaliency second = new DeviceSaliency(manager, launches, rule, LAYOUT);
                NDArray weights = flat(PolicyRun.gaussians(1, ELEMENTS), 0, LAYOUT);
                NDArray gradients = flat(PolicyRun.gaussians(2, ELEMENTS), 0, LAYOUT)) {
            first.accumulate(weights, gradients);
            for (SaliencyBuffer buffer : first.buffers()) {
                second.write(buffer, 0, MemorySegment.ofArray(read(first, buffer, 0)));
            }
            first.accumulate(weights, gradients);
            second.accumulate(weights, gradients);

            for (SaliencyBuffer buffer : first.buffers()) {
                assertThat(read(second, buffer, 0)).containsExactly(read(first, buffer, 0));
            }
        }
    }

    @Test
    void refusesBuffersItHasNotAndSegmentsOfAnotherSize() {
        try (DeviceSaliency saliency = new DeviceSaliency(manager, launches, new SaliencyRule(0.1f, 0, 0), LAYOUT)) {
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
