package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A trainer alone in a process of its own, whose heap is taken as a whole at the start, so that everything else that the process takes
 * from the machine is the trainer's.
 *
 * @param bytes held after the steps: heap in use, and memory of the process outside of the heap
 * @param millis of the median step
 */
record Probe(long bytes, double millis) {
    private static final String ANSWER = "PROBE";
    private static final long HEAP_BYTES = 1L << 30;
    private static final int WARM_UP = OwnTrainers.SHORT_WINDOW_SOME;

    /** Which trainer to build. */
    enum Kind {
        DENSE,
        /** All combinations alive. */
        LEARNING,
        /** Some combinations are gone once it is warm. */
        REMOVING
    }

    /** Runs one in a child process. */
    static Probe run(Path model, long width, Kind kind, Patterns pattern, int steps) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + HEAP_BYTES,
                "-Xmx" + HEAP_BYTES,
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName(),
                model.toString(),
                Long.toString(width),
                kind.name(),
                pattern.name(),
                Integer.toString(steps));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            out.lines().forEach(lines::add);
        }
        if (process.waitFor() != 0 || lines.isEmpty() || !lines.getLast().startsWith(ANSWER)) {
            throw new IllegalStateException("the probe failed: " + String.join("\n", lines));
        }
        List<String> answer = List.of(lines.getLast().split(" ", -1));
        return new Probe(Long.parseLong(answer.get(1)), Double.parseDouble(answer.get(2)));
    }

    /** The child. */
    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[0]);
        long width = Long.parseLong(arguments[1]);
        Patterns pattern = Patterns.valueOf(arguments[3]);
        int steps = Integer.parseInt(arguments[4]);
        TrainingBatch batch = Samples.batch(1, 10, 64L, width);
        try (Trainer trainer = trainer(model, Kind.valueOf(arguments[2]), pattern)) {
            double[] millis = new double[steps];
            for (int step = -WARM_UP; step < steps; step++) {
                long start = System.nanoTime();
                OwnTrainers.step(trainer, batch);
                if (step >= 0) {
                    millis[step] = (System.nanoTime() - start) / 1e6;
                }
            }
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            System.out.println(ANSWER + " " + (anonymousBytes() - HEAP_BYTES + heap) + " " + Figures.median(millis));
        }
    }

    private static Trainer trainer(Path model, Kind kind, Patterns pattern) throws Exception {
        return switch (kind) {
            case DENSE -> OwnTrainers.dense(model);
            case LEARNING -> OwnTrainers.sparse(model, pattern.text());
            case REMOVING -> OwnTrainers.removing(model, pattern.text());
        };
    }

    private static long anonymousBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
