package dev.finecomb.bench;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.finecomb.sparsity.Combinations;
import dev.finecomb.sparsity.ScorePerCombination;
import dev.finecomb.training.UpdatePass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What LBC adds to a step: the straightforward form, a score for every combination, against ours, which is the pass after backward with
 * its sparse layers less the same pass without them.
 */
final class ScoresMeasurement implements Measurement {
    private static final String SCORES = "scores";
    private static final String UNSELECTED = "unselected";
    private static final String SPARSE = "sparse";
    private static final String DENSE = "dense";
    private static final float LEARNING_RATE = 1e-4f;
    private static final float MOMENTUM = 0.9f;
    /** Of the dense pass: less than this two medians don't tell apart. */
    private static final double SMALLEST_SHARE = 0.02;

    private final Path folder;
    private final int millions;
    private final int rounds;

    ScoresMeasurement(Settings settings) {
        this.folder = settings.directory().resolve("models");
        this.millions = settings.quick() ? 1 : 10;
        this.rounds = settings.rounds(11);
    }

    @Override
    public String name() {
        return "scores";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path file = Net.mlp(millions).write(folder);
        try {
            List<Row> rows = new ArrayList<>();
            for (Patterns pattern : List.of(Patterns.TWO_OF_FOUR, Patterns.FOUR_OF_EIGHT)) {
                progress.note(pattern.text());
                rows.add(measure(file, pattern, progress));
            }
            return rows;
        } finally {
            Files.delete(file);
        }
    }

    private Row measure(Path file, Patterns pattern, Progress progress) throws Exception {
        long width = Net.width(millions);
        long elements = 3 * width * width;
        int combinations = Combinations.of(pattern.pattern()).count();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu());
                ScorePerCombination scores = new ScorePerCombination(
                        manager, pattern.pattern(), elements / pattern.pattern().m(), LEARNING_RATE, MOMENTUM);
                UpdatePass sparse = OwnTrainers.updatePass(file, pattern.text(), true);
                UpdatePass dense = OwnTrainers.updatePass(file, pattern.text(), false)) {
            NDArray weights = manager.randomNormal(new Shape(3 * width, width));
            NDArray gradients = manager.randomNormal(new Shape(3 * width, width));
            Interleaved.Times times = new Interleaved()
                    .add(SCORES, () -> {
                        scores.select(combinations);
                        scores.mask(weights, gradients);
                        scores.accumulate(weights, gradients);
                    })
                    .add(UNSELECTED, () -> {
                        scores.mask(weights, gradients);
                        scores.accumulate(weights, gradients);
                    })
                    .add(SPARSE, sparse::makeGradients, sparse::run)
                    .add(DENSE, dense::makeGradients, dense::run)
                    .run(rounds, progress);
            return row(times, pattern, elements);
        }
    }

    private static Row row(Interleaved.Times times, Patterns pattern, long elements) {
        double least = SMALLEST_SHARE * times.millis(DENSE);
        double ours = Math.max(times.millisMore(SPARSE, DENSE), least);
        double theirs = times.millis(SCORES);
        String baseline = String.format(
                Locale.ROOT,
                "scores per combination %.1f ms (%.1f ms without selecting in every step), ours adds %.2f ms to a pass of"
                        + " %.2f ms (at least %.2f taken), %d weights",
                theirs,
                times.millis(UNSELECTED),
                times.millisMore(SPARSE, DENSE),
                times.millis(DENSE),
                least,
                elements);
        return new Row("speedup-over-scores-" + pattern.id(), theirs / ours, "times", baseline);
    }
}
