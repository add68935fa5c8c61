package dev.finecomb.bench;

import dev.finecomb.compute.Workers;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.sparsity.LayerValues;
import dev.finecomb.sparsity.LbcPolicy;
import dev.finecomb.sparsity.RemovalSchedule;
import dev.finecomb.sparsity.SparseLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A removal over random saliencies: some of a job's removals, spread evenly from the first to the last, each timed beside a copy of the
 * weights' bytes. On one core per group, on all cores per removal.
 */
final class RemovalMeasurement implements Measurement {
    private static final long LAST_STEP = 1_000_000;
    private static final int EXPONENT = 3;
    private static final int SAMPLED = 5;
    private static final int PER_GROUP_MILLIONS = 10;

    private final Patterns pattern;
    private final boolean quick;

    RemovalMeasurement(Patterns pattern, Settings settings) {
        this.pattern = pattern;
        this.quick = settings.quick();
    }

    @Override
    public String name() {
        return "removal-" + pattern.id();
    }

    @Override
    public List<Row> measure(Progress progress) {
        List<Row> rows = new ArrayList<>();
        int cores = Runtime.getRuntime().availableProcessors();
        for (int millions : quick ? List.of(1) : List.of(1, 10, 100)) {
            try (Arena memory = Arena.ofShared()) {
                Subject subject = new Subject(millions, pattern.pattern().m(), memory);
                if (rows.isEmpty()) {
                    measured(subject, cores, 1); // warms up
                }
                if (millions == PER_GROUP_MILLIONS || quick) {
                    Measured one = measured(subject, 1, 3);
                    double perGroup =
                            one.millis() * 1e6 / subject.layer().layout().groups();
                    rows.add(new Row(
                            "removal-ns-group-" + pattern.id() + "-1core", perGroup, "ns", one.baseline(subject)));
                    progress.note("one core, " + millions + " M weights");
                }
                Measured all = measured(subject, cores, millions == 100 ? 1 : 3);
                rows.add(new Row(
                        "removal-" + millions + "m-" + pattern.id(), all.millis(), "ms", all.baseline(subject)));
                progress.note(cores + " cores, " + millions + " M weights");
            }
        }
        return rows;
    }

    /** Medians, in milliseconds, of the mean removal and of a copy beside it. */
    private record Measured(double millis, double copyMillis, double ratio) {
        String baseline(Subject subject) {
            return String.format(
                    Locale.ROOT,
                    "%.2f ms a removal over %d weights; a copy of as many bytes %.2f ms, ratio %.1f",
                    millis,
                    subject.layer().layout().elements(),
                    copyMillis,
                    ratio);
        }
    }

    private Measured measured(Subject subject, int threads, int rounds) {
        try (Workers workers = new Workers(threads)) {
            return measured(subject, workers, rounds);
        }
    }

    private Measured measured(Subject subject, Workers workers, int rounds) {
        double[] millis = new double[rounds];
        double[] copies = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double[] nanos = job(subject, workers);
            millis[round] = nanos[0] / 1e6;
            copies[round] = nanos[1] / 1e6;
            ratios[round] = nanos[0] / nanos[1];
        }
        return new Measured(Figures.median(millis), Figures.median(copies), Figures.median(ratios));
    }

    /** Goes through a job's removals; gives the nanoseconds of the mean sampled removal and of the mean copy. */
    private double[] job(Subject subject, Workers workers) {
        RemovalSchedule schedule = RemovalSchedule.forLbc(pattern.pattern(), 0, LAST_STEP, EXPONENT);
        LbcPolicy policy = new LbcPolicy(pattern.pattern(), schedule, List.of(subject.layer()), workers);
        List<LayerValues> values = List.of(new LayerValues(subject.weights(), subject.saliencies()));
        List<Long> steps = schedule.removalSteps();
        long removal = 0;
        long copy = 0;
        int sampled = 0;
        for (int place : places(steps.size())) {
            if (place > 0) {
                policy.remove(steps.get(place - 1), values); // up to here, untimed; nothing to do where that is done
            }
            long start = System.nanoTime();
            policy.remove(steps.get(place), values);
            long middle = System.nanoTime();
            subject.copy().copyFrom(subject.weights());
            copy += System.nanoTime() - middle;
            removal += middle - start;
            sampled++;
        }
        return new double[] {(double) removal / sampled, (double) copy / sampled};
    }

    private static List<Integer> places(int removals) {
        LinkedHashSet<Integer> places = new LinkedHashSet<>();
        for (int i = 0; i < SAMPLED; i++) {
            places.add(Math.toIntExact(Math.round(i * (removals - 1.0) / (SAMPLED - 1))));
        }
        return List.copyOf(places);
    }

    /** A square layer with weights and saliencies, and room for a copy of the weights. */
    private record Subject(SparseLayer layer, MemorySegment weights, MemorySegment saliencies, MemorySegment copy) {
        Subject(int millions, int m, Arena memory) {
            long width = Math.round(Math.sqrt(millions * 1e6) / 16) * 16;
            this(
                    new SparseLayer("weight", new GroupedLayout(List.of(width, width), m)),
                    random(1, width * width, memory),
                    random(2, width * width, memory),
                    memory.allocate(ValueLayout.JAVA_FLOAT, width * width));
        }

        private static MemorySegment random(long seed, long elements, Arena memory) {
            SplittableRandom random = new SplittableRandom(seed);
            MemorySegment values = memory.allocate(ValueLayout.JAVA_FLOAT, elements);
            for (long i = 0; i < elements; i++) {
                values.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble() - 0.5f);
            }
            return values;
        }
    }
}
