package dev.finecomb.bench;

import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A step that learns saliencies, all combinations alive, against the own trainer's dense step and against DJL's own loop; all of a
 * network's trainers at once, turn by turn.
 */
final class StepMeasurement implements Measurement {
    private static final String OWN = "own";
    private static final String DJL = "djl";

    private final Net net;
    private final int rounds;
    private final Path folder;

    StepMeasurement(Net net, int rounds, Settings settings) {
        this.net = net;
        this.rounds = settings.rounds(rounds);
        this.folder = settings.directory().resolve("models");
    }

    @Override
    public String name() {
        return "step-" + net.name();
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path file = net.write(folder);
        List<TrainingBatch> batches = net.batches();
        Interleaved sides = new Interleaved();
        try (Closing open = new Closing();
                DjlLoop djl = new DjlLoop(net.blocks().get(), net.inputShape(), OwnTrainers.LEARNING_RATE)) {
            for (Patterns pattern : Patterns.values()) {
                own(sides, pattern.id(), open.add(OwnTrainers.sparse(file, pattern.text())), batches);
            }
            own(sides, OWN, open.add(OwnTrainers.dense(file)), batches);
            Turn turn = new Turn(batches);
            sides.add(DJL, () -> finite(djl.step(turn.next())));
            progress.note("trainers built, weights and batches as " + net.input());
            Interleaved.Times times = sides.run(rounds, progress);
            return rows(times);
        } finally {
            Files.delete(file);
        }
    }

    private static void own(Interleaved sides, String name, Trainer trainer, List<TrainingBatch> batches) {
        Turn turn = new Turn(batches);
        sides.add(name, () -> OwnTrainers.step(trainer, turn.next()));
    }

    private static void finite(float loss) {
        if (!Float.isFinite(loss)) {
            throw new IllegalStateException("DJL's loss is " + loss);
        }
    }

    private List<Row> rows(Interleaved.Times times) {
        List<Row> rows = new ArrayList<>();
        for (Patterns pattern : Patterns.values()) {
            rows.add(row(times, pattern, OWN, "the own trainer's dense step"));
            rows.add(row(times, pattern, DJL, "DJL's own loop, SGD"));
        }
        return rows;
    }

    private Row row(Interleaved.Times times, Patterns pattern, String to, String what) {
        String baseline = String.format(
                Locale.ROOT,
                "%s, %.2f ms (this one %.2f ms); %s",
                what,
                times.millis(to),
                times.millis(pattern.id()),
                Machine.waiting());
        String id = "step-ratio-" + to + "-" + net.name() + "-" + pattern.id();
        return new Row(id, times.ratio(pattern.id(), to), "ratio", baseline);
    }

    /** Batches in turn. */
    private static final class Turn {
        private final List<TrainingBatch> batches;
        private int next;

        Turn(List<TrainingBatch> batches) {
            this.batches = batches;
        }

        TrainingBatch next() {
            return batches.get(next++ % batches.size());
        }
    }
}
