package dev.finecomb.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether time and memory of a 2:4 step grow along a straight line with the weights; each size in a process of its own. */
final class GrowthMeasurement implements Measurement {
    private static final int STEPS = 11;

    private final List<Integer> millions;
    private final Path folder;

    GrowthMeasurement(Settings settings) {
        this.millions = settings.quick() ? List.of(1, 3, 10) : List.of(1, 3, 10, 30, 100);
        this.folder = settings.directory().resolve("models");
    }

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        List<Probe> probes = new ArrayList<>();
        for (int size : millions) {
            Path file = Net.mlp(size).write(folder);
            try {
                probes.add(Probe.run(file, Net.width(size), Probe.Kind.LEARNING, Patterns.TWO_OF_FOUR, STEPS));
            } finally {
                Files.delete(file);
            }
            progress.note(size + " M weights");
        }
        double[] weights = millions.stream()
                .mapToDouble(size -> Net.width(size) * Net.width(size) * 3 / 1e6)
                .toArray();
        double[] times = probes.stream().mapToDouble(Probe::millis).toArray();
        double[] memory =
                probes.stream().mapToDouble(probe -> probe.bytes() / 1e6).toArray();
        return List.of(row("growth-time-r2", weights, times, "ms"), row("growth-memory-r2", weights, memory, "MB"));
    }

    private static Row row(String id, double[] weights, double[] values, String unit) {
        Line line = Line.through(weights, values);
        String points = IntStream.range(0, weights.length)
                .mapToObj(i -> String.format(Locale.ROOT, "%.0f M %.1f %s", weights[i], values[i], unit))
                .collect(Collectors.joining(", "));
        String baseline = String.format(
                Locale.ROOT, "1 for a straight line; %s; %.2f %s per million weights", points, line.slope(), unit);
        return new Row(id, line.r2(), "R2", baseline);
    }

    /** The line of least squares. */
    record Line(double slope, double r2) {
        static Line through(double[] x, double[] y) {
            double meanX = Arrays.stream(x).average().orElseThrow();
            double meanY = Arrays.stream(y).average().orElseThrow();
            double xx = 0;
            double xy = 0;
            double yy = 0;
            for (int i = 0; i < x.length; i++) {
                xx += (x[i] - meanX) * (x[i] - meanX);
                xy += (x[i] - meanX) * (y[i] - meanY);
                yy += (y[i] - meanY) * (y[i] - meanY);
            }
            return new Line(xy / xx, xy * xy / (xx * yy));
        }
    }
}
