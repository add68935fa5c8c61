package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A step between two removals, with two combinations left of six, against one before the first: it should cost the same. */
final class RemovingMeasurement implements Measurement {
    private static final String REMOVING = "removing";
    private static final String LEARNING = "learning";

    private final Net net;
    private final int rounds;
    private final Path folder;

    RemovingMeasurement(Settings settings) {
        this.net = Net.mlp(settings.quick() ? 1 : 10);
        this.rounds = settings.rounds(25);
        this.folder = settings.directory().resolve("models");
    }

    @Override
    public String name() {
        return "removing-" + net.name();
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path file = net.write(folder);
        TrainingBatch batch = net.batches().getFirst();
        try (Trainer learning = OwnTrainers.sparse(file, Patterns.TWO_OF_FOUR.text());
                Trainer removing = OwnTrainers.inWindow(file, Patterns.TWO_OF_FOUR.text())) {
            TrainerSnapshot start = removing.snapshot();
            removing.restore(new TrainerSnapshot(OwnTrainers.TWO_LEFT_FROM - 1, 0, start.tensors()));
            OwnTrainers.step(removing, batch);
            Interleaved.Times times = new Interleaved()
                    .add(REMOVING, () -> OwnTrainers.step(removing, batch))
                    .add(LEARNING, () -> OwnTrainers.step(learning, batch))
                    .run(rounds, progress);
            String baseline = String.format(
                    Locale.ROOT,
                    "a step with all combinations alive, %.2f ms (this one %.2f ms, %d of %d alive, density %.3f)",
                    times.millis(LEARNING),
                    times.millis(REMOVING),
                    removing.survivors(),
                    removing.combinations(),
                    removing.density());
            return List.of(new Row(
                    "removing-ratio-" + net.name() + "-" + Patterns.TWO_OF_FOUR.id(),
                    times.ratio(REMOVING, LEARNING),
                    "ratio",
                    baseline));
        } finally {
            Files.delete(file);
        }
    }
}
