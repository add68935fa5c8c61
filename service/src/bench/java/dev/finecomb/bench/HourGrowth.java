package dev.finecomb.bench;

import dev.finecomb.demo.DigitsInput;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * By how much heap and native memory grow in an hour of the demo's steps, removals and snapshots among them. A part of the
 * hour is measured and told by the thousand steps; what grew steadily would show in it.
 */
public final class HourGrowth implements Measurement {
    private static final int WARM = 3000;

    private final Path directory;
    private final int steps;

    /**
     * @param directory takes the job's settings
     * @param steps that are measured
     */
    public HourGrowth(Path directory, int steps) {
        this.directory = directory;
        this.steps = steps;
    }

    @Override
    public String name() {
        return "hour-growth";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path model = Scratch.emptied(directory).resolve("digits-cnn.pt");
        DigitsInput.copyModel(model);
        Job job = Job.of("127.0.0.1:1", "growth", model, directory, Map.of("sparsity.removal-end", WARM + steps));
        List<String> arguments = List.of(
                // Of one size and resident from the start: what resident memory grows by is native.
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-DOPT_OUT_TRACKING=true",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                GrowthRun.class.getName(),
                job.write().toString(),
                Integer.toString(WARM),
                Integer.toString(steps));
        try (JavaProcess process =
                JavaProcess.talkingTo(arguments, job.directory().resolve("growth.log"))) {
            String[] told = process.awaitLine("GREW").split(" ", 3);
            double thousands = steps / 1000.0;
            double medianMillis = Double.parseDouble(told[2]);
            String baseline = "flat memory: 0; " + steps + " steps of the demo's model after " + WARM
                    + " to warm up, removals all along and a snapshot every " + GrowthRun.SNAPSHOT_EVERY
                    + "; an hour holds " + Math.round(3_600_000 / medianMillis) + " steps of "
                    + Figures.text(medianMillis, 1) + " ms";
            progress.note("grew by " + told[0] + " B of heap and " + told[1] + " B resident");
            return List.of(
                    row("hour-heap-growth", Long.parseLong(told[0]), thousands, baseline),
                    row("hour-native-growth", Long.parseLong(told[1]), thousands, baseline));
        }
    }

    private static Row row(String id, long bytes, double thousands, String baseline) {
        return new Row(id, bytes / 1024.0 / thousands, "KiB/1000 steps", baseline);
    }
}
