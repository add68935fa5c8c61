package dev.finecomb.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How to run.
 *
 * @param directory takes results and scratch files
 * @param only measurements whose name contains one of these; empty for all
 * @param quick fewer rounds and smaller sizes, to see that all works: the figures are worth little
 */
public record Settings(Path directory, List<String> only, boolean quick) {
    public Settings {
        only = List.copyOf(only);
    }

    /** From the system properties {@code bench.directory}, {@code bench.only} (separated by commas) and {@code bench.quick}. */
    static Settings ofSystemProperties() {
        List<String> only = Arrays.stream(System.getProperty("bench.only", "").split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        return new Settings(
                Path.of(System.getProperty("bench.directory", "bench")), only, Boolean.getBoolean("bench.quick"));
    }

    boolean wants(Measurement measurement) {
        return only.isEmpty() || only.stream().anyMatch(measurement.name()::contains);
    }

    /** This many rounds, or the few of a quick run. */
    public int rounds(int full) {
        return quick ? Math.min(3, full) : full;
    }
}
