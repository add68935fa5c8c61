package dev.finecomb.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Times several things against each other: in every round each has a turn, in turns of at least {@value #TURN_MILLIS} ms, the even
 * rounds in order and the odd ones backwards, so that whatever else the machine does meets all alike. A ratio is the median of the
 * rounds' ratios.
 */
final class Interleaved {
    private static final long TURN_MILLIS = 50;
    private static final long WARM_UP_MILLIS = 1000;
    private static final int WARM_UP_RUNS = 3;

    private final List<Side> sides = new ArrayList<>();

    /** What is timed. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private record Side(String name, Work preparation, Work work) {}

    /** Adds a side. */
    Interleaved add(String name, Work work) {
        return add(name, () -> {}, work);
    }

    /** Adds a side whose preparation, before each run, is not timed. */
    Interleaved add(String name, Work preparation, Work work) {
        sides.add(new Side(name, preparation, work));
        return this;
    }

    /** Warms all sides up, then times them over so many rounds. */
    Times run(int rounds, Progress progress) throws Exception {
        Map<String, double[]> nanos = new HashMap<>();
        Map<Side, Integer> repeats = new HashMap<>();
        for (Side side : sides) {
            warmUp(side);
            double once = nanosPerRun(side, 2);
            repeats.put(side, (int) Math.clamp(Math.ceil(TURN_MILLIS * 1e6 / once), 1, 10_000));
            nanos.put(side.name(), new double[rounds]);
        }
        for (int round = 0; round < rounds; round++) {
            for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
                nanosOf(nanos, side.name())[round] = nanosPerRun(side, repeats.getOrDefault(side, 1));
            }
            if ((round + 1) % 5 == 0 || round + 1 == rounds) {
                progress.note("round " + (round + 1) + " of " + rounds);
            }
        }
        return new Times(nanos);
    }

    private static void warmUp(Side side) throws Exception {
        long start = System.nanoTime();
        for (int runs = 0; runs < WARM_UP_RUNS || System.nanoTime() - start < WARM_UP_MILLIS * 1_000_000; runs++) {
            side.preparation().run();
            side.work().run();
        }
    }

    private static double[] nanosOf(Map<String, double[]> nanos, String name) {
        double[] found = nanos.get(name);
        if (found == null) {
            throw new IllegalArgumentException("nothing timed is called " + name);
        }
        return found;
    }

    private static double nanosPerRun(Side side, int runs) throws Exception {
        long total = 0;
        for (int i = 0; i < runs; i++) {
            side.preparation().run();
            long start = System.nanoTime();
            side.work().run();
            total += System.nanoTime() - start;
        }
        return (double) total / runs;
    }

    /** Nanoseconds a run, by side and round. */
    static final class Times {
        private final Map<String, double[]> nanos;

        private Times(Map<String, double[]> nanos) {
            this.nanos = nanos;
        }

        /** The median over the rounds. */
        double millis(String name) {
            return Figures.median(nanosOf(nanos, name)) / 1e6;
        }

        /** The median of the rounds' ratios. */
        double ratio(String name, String to) {
            double[] above = nanosOf(nanos, name);
            double[] below = nanosOf(nanos, to);
            double[] ratios = new double[above.length];
            Arrays.setAll(ratios, round -> above[round] / below[round]);
            return Figures.median(ratios);
        }

        /** The median of the rounds' differences. */
        double millisMore(String name, String than) {
            double[] more = nanosOf(nanos, name);
            double[] less = nanosOf(nanos, than);
            double[] differences = new double[more.length];
            Arrays.setAll(differences, round -> more[round] - less[round]);
            return Figures.median(differences) / 1e6;
        }
    }
}
