package dev.finecomb.training;

import dev.finecomb.protocol.batch.TrainingBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A long training in a process of its own, whose heap has one size and is resident from the start: what resident memory
 * grows by is native. Prints {@code arrays <fewest> <most> resident <KiB when warm> <KiB at the end>}.
 */
final class FlatMemoryRun {
    private static final String CASE = "mlp-2of4";

    private FlatMemoryRun() {}

    public static void main(String[] arguments) throws Exception {
        int warm = Integer.parseInt(arguments[0]);
        int steps = Integer.parseInt(arguments[1]);
        GoldenCase golden = Trainers.golden(CASE);
        // Removals all along the way, the last one at the end.
        Map<String, Object> settings =
                Map.of("sparsity.removal-start", 0, "sparsity.removal-end", steps, "training.learning-rate.base", 0.01);
        List<TrainingBatch> refused = List.of(
                Trainers.scaled(golden.batch(0), Float.NaN),
                Trainers.labelled(golden.batch(0), 10),
                Trainers.random(1, 10, 10_000L, 7L));
        try (Trainer trainer = Trainers.of(golden, settings)) {
            int fewest = Integer.MAX_VALUE;
            int most = 0;
            long warmKib = 0;
            for (int step = 0; step < steps; step++) {
                Trainers.trained(trainer, Trainers.batch(golden, step));
                disturb(trainer, refused, step);
                fewest = Math.min(fewest, trainer.nativeArrays());
                most = Math.max(most, trainer.nativeArrays());
                if (step == warm) {
                    warmKib = residentKib();
                }
            }
            if (!trainer.isRemovalComplete()) {
                throw new IllegalStateException("removals were not part of the run");
            }
            System.out.printf("arrays %d %d resident %d %d%n", fewest, most, warmKib, residentKib());
        }
    }

    /** Refused batches of every kind, a large one of the wrong shape among them, and snapshots. */
    private static void disturb(Trainer trainer, List<TrainingBatch> refused, int step) {
        if (step % 100 == 0) {
            trainer.snapshot();
        }
        if (step % 10 == 0) {
            if (!(trainer.step(refused.get(step / 10 % refused.size())) instanceof StepResult.Rejected)) {
                throw new IllegalStateException("a bad batch was trained on");
            }
        }
    }

    private static long residentKib() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
