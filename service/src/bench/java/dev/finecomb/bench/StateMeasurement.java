package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.sparsity.SparseLayer;
import dev.finecomb.training.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What LBC keeps for a weight between two steps, after a removal and while saliencies are learned: what the sparse trainer holds more
 * than a dense one. Added up from what the objects hold; the same from what the processes take stands beside it.
 */
final class StateMeasurement implements Measurement {
    private final int millions;
    private final Path folder;

    StateMeasurement(Settings settings) {
        this.millions = settings.quick() ? 1 : 10;
        this.folder = settings.directory().resolve("models");
    }

    @Override
    public String name() {
        return "state";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path file = Net.mlp(millions).write(folder);
        long width = Net.width(millions);
        try {
            long dense = held(OwnTrainers.dense(file), width);
            long denseProcess = Probe.run(file, width, Probe.Kind.DENSE, Patterns.TWO_OF_FOUR, 1)
                    .bytes();
            progress.note("dense trainer");
            List<Row> rows = new ArrayList<>();
            for (Patterns pattern : List.of(Patterns.TWO_OF_FOUR, Patterns.FOUR_OF_EIGHT)) {
                Trainer trainer = OwnTrainers.removing(file, pattern.text());
                long weights = weights(trainer);
                long sparse = held(trainer, width);
                long process =
                        Probe.run(file, width, Probe.Kind.REMOVING, pattern, 1).bytes();
                progress.note(pattern.text());
                String baseline = String.format(
                        Locale.ROOT,
                        "more than the own dense trainer of the same %d weights, without score momentum; two processes"
                                + " differ by %.2f B/weight",
                        weights,
                        (double) (process - denseProcess) / weights);
                rows.add(new Row(
                        "state-bytes-" + pattern.id(), (double) (sparse - dense) / weights, "B/weight", baseline));
            }
            return rows;
        } finally {
            Files.delete(file);
        }
    }

    private static long weights(Trainer trainer) {
        return trainer.layers().stream()
                .map(SparseLayer::layout)
                .mapToLong(layout -> layout.elements())
                .sum();
    }

    /** After the first removal; closes the trainer. */
    private static long held(Trainer trainer, long width) throws IllegalAccessException {
        TrainingBatch batch = Samples.batch(1, 10, 64L, width);
        try (trainer) {
            for (int step = 0; step < OwnTrainers.SHORT_WINDOW_SOME; step++) {
                OwnTrainers.step(trainer, batch);
            }
            return HeldBytes.of(trainer).all();
        }
    }
}
