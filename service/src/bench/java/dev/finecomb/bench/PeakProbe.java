package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A trainer alone in a process of its own, whose heap is taken as a whole at the start: the most that the process takes from the machine,
 * that heap included.
 *
 * @param steps the most during steps and removals, in bytes
 * @param cut the same with a cut in memory
 */
record PeakProbe(long steps, long cut) {
    /** Of which Java's heap is. */
    static final long HEAP_BYTES = 1L << 30;

    private static final String ANSWER = "PEAK";
    /** Between two looks: a step takes several tens of it, and the looks little of a core. */
    private static final long PAUSE_NANOS = 1_000_000;

    /**
     * Runs one at 2:4 in a child process, which logs beside the model.
     *
     * @param input the shape of a batch
     * @param device whether in the form that a GPU gets
     */
    static PeakProbe run(Path model, List<Long> input, String optimizer, boolean device) throws IOException {
        List<String> arguments = List.of(
                "-Xms" + HEAP_BYTES,
                "-Xmx" + HEAP_BYTES,
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                PeakProbe.class.getName(),
                model.toString(),
                input.stream().map(String::valueOf).collect(Collectors.joining(",")),
                optimizer,
                Boolean.toString(device));
        try (JavaProcess process = JavaProcess.talkingTo(arguments, model.resolveSibling("peak.log"))) {
            String[] peaks = process.awaitLine(ANSWER).split(" ", -1);
            return new PeakProbe(Long.parseLong(peaks[0]), Long.parseLong(peaks[1]));
        }
    }

    /** The child. */
    public static void main(String[] arguments) throws Exception {
        Path model = Path.of(arguments[0]);
        Long[] input = Stream.of(arguments[1].split(",", -1)).map(Long::valueOf).toArray(Long[]::new);
        TrainingBatch batch = Samples.batch(1, 10, input);
        try (Trainer trainer = OwnTrainers.removing(
                model, Patterns.TWO_OF_FOUR.text(), arguments[2], Boolean.parseBoolean(arguments[3]))) {
            long steps = peak(trainer, batch);
            try (TrainerSnapshot _ = trainer.snapshot()) {
                System.out.println(ANSWER + " " + steps + " " + peak(trainer, batch));
            }
        }
    }

    private static long peak(Trainer trainer, TrainingBatch batch) throws Exception {
        AtomicLong most = new AtomicLong();
        AtomicBoolean ended = new AtomicBoolean();
        Thread sampler = Thread.ofPlatform().start(() -> {
            while (!ended.get()) {
                most.accumulateAndGet(anonymousBytes(), Math::max);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        });
        try {
            for (int step = 0; step < 2 * OwnTrainers.SHORT_WINDOW_SOME; step++) {
                OwnTrainers.step(trainer, batch);
            }
        } finally {
            ended.set(true);
            sampler.join();
        }
        return most.get();
    }

    private static long anonymousBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("the process can't read its own status", e);
        }
    }
}
