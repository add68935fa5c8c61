package dev.finecomb.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector form against the scalar one, to the bit, at all lengths about the vectors' width; the sums against plain ones. */
class KernelsTest {
    private final Kernels scalar = new ScalarKernels();
    private final Kernels vector = new VectorKernels();

    /** Four arrays of one length and a mask, in native memory as the engine's are. */
    record Arrays(List<MemorySegment> floats, Mask alive) {
        static Arrays of(Arena arena, int n, long seed) {
            Random random = new Random(seed);
            List<MemorySegment> floats = IntStream.range(0, 4)
                    .mapToObj(array -> {
                        float[] values = new float[n];
                        for (int i = 0; i < n; i++) {
                            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-6, 6)));
                        }
                        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
                    })
                    .toList();
            // A variance is not negative.
            for (int i = 0; i < n; i++) {
                float value = floats.get(3).getAtIndex(ValueLayout.JAVA_FLOAT, i);
                floats.get(3).setAtIndex(ValueLayout.JAVA_FLOAT, i, Math.abs(value));
            }
            // Not from the first word on.
            long[] words = random.longs(1 + (n + 63) / 64).toArray();
            return new Arrays(floats, Mask.of(words).from(Long.SIZE));
        }

        MemorySegment x() {
            return floats.get(0);
        }

        MemorySegment y() {
            return floats.get(1);
        }

        MemorySegment mean() {
            return floats.get(2);
        }

        MemorySegment variance() {
            return floats.get(3);
        }
    }

    static Stream<BiConsumer<Kernels, Arrays>> loops() {
        var plain = new Descent(1, 0.1f, 0.99f, 0.01f, 0, false);
        var heavyBall = new Descent(0.37f, 0.1f, 1, 0.01f, 0.9f, false);
        var nesterov = new Descent(0.37f, 0.1f, 0.999f, 0, 0.9f, true);
        var adam = new AdamDescent(
                0.37f,
                new AdamDescent.Moment(0.9f, 0.1f),
                new AdamDescent.Moment(0.999f, 0.001f),
                new AdamDescent.Walk(0.99f, 0.02f, 1.5f, 1e-8f));
        return Stream.of(
                (kernels, a) -> kernels.zeroDead(a.x(), a.alive()),
                (kernels, a) -> kernels.descend(plain, a.x(), a.y(), a.alive()),
                (kernels, a) -> kernels.descend(heavyBall, a.x(), a.mean(), a.y(), a.alive()),
                (kernels, a) -> kernels.descend(nesterov, a.x(), a.mean(), a.y(), a.alive()),
                (kernels, a) -> kernels.descendProduct(plain, a.x(), a.y(), a.mean()),
                (kernels, a) -> kernels.descendProduct(heavyBall, a.x(), a.variance(), a.y(), a.mean()),
                (kernels, a) -> kernels.descendProduct(nesterov, a.x(), a.variance(), a.y(), a.mean()),
                (kernels, a) ->
                        kernels.descend(adam, a.x(), new Kernels.Moments(a.mean(), a.variance()), a.y(), a.alive()));
    }

    @ParameterizedTest
    @MethodSource("loops")
    void bothFormsGiveTheSameBits(BiConsumer<Kernels, Arrays> loop) {
        try (Arena arena = Arena.ofConfined()) {
            for (int n = 0; n < 140; n++) {
                Arrays expected = Arrays.of(arena, n, n);
                Arrays found = Arrays.of(arena, n, n);
                loop.accept(scalar, expected);
                loop.accept(vector, found);
                for (int i = 0; i < 4; i++) {
                    assertThat(found.floats().get(i).mismatch(expected.floats().get(i)))
                            .as("first differing byte of array %d at n=%d", i, n)
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void sumsAreTheSameBitsInBothForms() {
        try (Arena arena = Arena.ofConfined()) {
            for (int n = 0; n < 140; n++) {
                Arrays arrays = Arrays.of(arena, n, n);
                assertThat(vector.squares(arrays.x(), arrays.alive()))
                        .as("n=%d", n)
                        .isEqualTo(scalar.squares(arrays.x(), arrays.alive()));
            }
        }
    }

    @Test
    void sumsAreThoseOfAPlainLoop() {
        try (Arena arena = Arena.ofConfined()) {
            Arrays arrays = Arrays.of(arena, 1000, 5);
            double living = 0;
            for (int i = 0; i < 1000; i++) {
                double x = arrays.x().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                living += arrays.alive().isAlive(i) ? x * x : 0;
            }
            assertThat(vector.squares(arrays.x(), arrays.alive())).isCloseTo(living, within(1e-12 * living));
        }
    }

    @Test
    void deadElementsBecomePlusZeroAndOthersStay() {
        try (Arena arena = Arena.ofConfined()) {
            Arrays before = Arrays.of(arena, 100, 3);
            Arrays after = Arrays.of(arena, 100, 3);
            vector.zeroDead(after.x(), after.alive());
            for (int i = 0; i < 100; i++) {
                int bits = before.x().getAtIndex(ValueLayout.JAVA_INT, i);
                assertThat(after.x().getAtIndex(ValueLayout.JAVA_INT, i))
                        .isEqualTo(before.alive().isAlive(i) ? bits : 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("notFinite")
    void anInfinityOrNaNShowsInTheSumThoughItsWeightBeDead(float poison) {
        try (Arena arena = Arena.ofConfined()) {
            for (int at : List.of(0, 17, 63, 66)) {
                Arrays arrays = Arrays.of(arena, 67, at);
                arrays.x().setAtIndex(ValueLayout.JAVA_FLOAT, at, poison);
                for (Kernels kernels : List.of(scalar, vector)) {
                    assertThat(kernels.squares(arrays.x(), arrays.alive())).satisfies(KernelsTest::isNotFinite);
                }
            }
        }
    }

    static Stream<Float> notFinite() {
        return Stream.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    }

    private static void isNotFinite(double value) {
        assertThat(Double.isFinite(value)).as("%s is finite", value).isFalse();
    }

    @Test
    void gradientsOfDeadElementsDoNotCount() {
        try (Arena arena = Arena.ofConfined()) {
            Arrays before = Arrays.of(arena, 100, 4);
            Arrays after = Arrays.of(arena, 100, 4);
            vector.descend(new Descent(1, 0.5f, 1, 0, 0, false), after.x(), after.y(), after.alive());
            for (int i = 0; i < 100; i++) {
                float x = before.x().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                float gradient = before.y().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                float expected = before.alive().isAlive(i) ? x - 0.5f * gradient : x;
                assertThat(after.x().getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(expected);
            }
        }
    }

    @Test
    void withoutTheVectorModuleTheScalarFormRuns() throws Exception {
        Process java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Description.class.getName())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("scalar (with java --add-modules jdk.incubator.vector");
        assertThat(java.waitFor()).isZero();
    }

    /** What a process of its own says. */
    static final class Description {
        private Description() {}

        public static void main(String[] arguments) {
            System.out.println(Kernels.fastest().description());
        }
    }

    @Test
    void testsRunWithTheVectorModule() {
        assertThat(Kernels.fastest()).isInstanceOf(VectorKernels.class);
        assertThat(Kernels.fastest().description()).startsWith("vector, ");
    }
}
