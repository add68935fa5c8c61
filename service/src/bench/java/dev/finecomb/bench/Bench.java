package dev.finecomb.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs the measurements one after another, and writes what they found after each of them, so that a run that was interrupted
 * leaves what it had.
 */
public final class Bench {
    private final Settings settings;
    private final PrintStream out;
    private final LongSupplier nanoTime;

    Bench(Settings settings, PrintStream out, LongSupplier nanoTime) {
        this.settings = settings;
        this.out = out;
        this.nanoTime = nanoTime;
    }

    /** Exits with 1 when a measurement failed. Settings are system properties, see {@link Settings}. */
    public static void main(String[] arguments) throws IOException {
        Settings settings = Settings.ofSystemProperties();
        Bench bench = new Bench(settings, System.out, System::nanoTime);
        boolean good = bench.run(measurements(settings), Machine.here(Instant.now()));
        System.exit(good ? 0 : 1);
    }

    /** All there are, in the order of the table. */
    private static List<Measurement> measurements(Settings settings) {
        Path scratch = settings.directory().resolve("jobs");
        return List.of(
                new StepMeasurement(Net.mlp(1), 41, settings),
                new StepMeasurement(Net.mlp(10), 25, settings),
                new StepMeasurement(Net.mlp(100), 15, settings),
                new StepMeasurement(Net.resnet18(), 11, settings),
                new RemovingMeasurement(settings),
                new PassMeasurement(settings),
                new ScoresMeasurement(settings),
                new RemovalMeasurement(Patterns.TWO_OF_FOUR, settings),
                new RemovalMeasurement(Patterns.FOUR_OF_EIGHT, settings),
                new RemovalMeasurement(Patterns.ONE_OF_SIXTEEN, settings),
                new DecodeMeasurement(settings),
                new StateMeasurement(settings),
                new WholeMeasurement(settings),
                new GrowthMeasurement(settings),
                new StreamEfficiency(scratch.resolve("stream"), settings.rounds(9)),
                new CutCost(scratch.resolve("cut"), settings.quick() ? 20 : 90),
                new StartToFirstStep(scratch.resolve("start"), settings.rounds(7)),
                new RemovalToSubscriber(scratch.resolve("removal"), settings.rounds(3)),
                new HourGrowth(scratch.resolve("hour"), settings.quick() ? 2000 : 15_000));
    }

    /** Whether all went well. */
    boolean run(List<Measurement> measurements, Machine machine) throws IOException {
        Path directory = Files.createDirectories(settings.directory());
        Results results = new Results(machine);
        List<String> failures = new ArrayList<>();
        long start = nanoTime.getAsLong();
        for (Measurement measurement :
                measurements.stream().filter(settings::wants).toList()) {
            Progress progress = line -> out.printf("%7s  %s: %s%n", sinceThen(start), measurement.name(), line);
            progress.note("begins");
            try {
                results.add(measurement.measure(progress));
                results.write(directory.resolve("results.json"));
            } catch (Exception | LinkageError | OutOfMemoryError e) {
                progress.note("failed: " + e);
                e.printStackTrace(out);
                failures.add(measurement.name() + ": " + e);
            }
        }
        out.printf("%n%s%n%n%s%n", machine, results.table());
        failures.forEach(failure -> out.println("FAILED  " + failure));
        return failures.isEmpty() && !results.isEmpty();
    }

    private String sinceThen(long start) {
        Duration passed = Duration.ofNanos(nanoTime.getAsLong() - start);
        return passed.toMinutes() + ":" + "%02d".formatted(passed.toSecondsPart());
    }
}
