package dev.finecomb.bench;

import dev.finecomb.protocol.Origin;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.mask.LayerBits;
import dev.finecomb.protocol.mask.MaskDraft;
import dev.finecomb.protocol.mask.MaskPublication;
import dev.finecomb.protocol.mask.MaskState;
import dev.finecomb.protocol.mask.Pattern;
import dev.finecomb.protocol.tensor.SafetensorsWriter;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerSnapshot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Everything that a trainer keeps for a weight, not only what sparsity adds: by pattern, optimizer and form, between two steps and at
 * most; its checkpoint on disk and its masks in the topic. The device form runs on arrays of the host: the same arrays as on a GPU, in
 * other memory.
 */
final class WholeMeasurement implements Measurement {
    private static final List<String> PATTERNS = List.of("2:4", "4:8", "1:16", "2:16");
    private static final List<String> OPTIMIZERS = List.of("sgd", "adamw");

    private final int small;
    private final int large;
    private final Path folder;

    WholeMeasurement(Settings settings) {
        this.small = settings.quick() ? 1 : 10;
        this.large = settings.quick() ? 3 : 100;
        this.folder = settings.directory().resolve("models");
    }

    @Override
    public String name() {
        return "whole";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        List<Row> rows = new ArrayList<>();
        Path file = Net.mlp(small).write(folder);
        Path larger = Net.mlp(large).write(folder);
        try {
            for (String optimizer : OPTIMIZERS) {
                for (String pattern : PATTERNS) {
                    String id = "-" + pattern.replace(":", "of") + "-" + optimizer;
                    rows.addAll(onHost(id, OwnTrainers.removing(file, pattern, optimizer, false), pattern));
                    rows.addAll(onDevice(id, OwnTrainers.removing(file, pattern, optimizer, true)));
                    progress.note(pattern + " " + optimizer);
                }
                for (boolean device : List.of(false, true)) {
                    rows.addAll(peaks(larger, optimizer, device));
                    progress.note("peak of 2:4 " + optimizer + (device ? ", device form" : ""));
                }
            }
        } finally {
            Files.delete(file);
            Files.delete(larger);
        }
        rows.add(sample());
        progress.note("a sample of " + Net.resnet18().name());
        return rows;
    }

    /** Closes the trainer, as the next one does. */
    private List<Row> onHost(String id, Trainer trainer, String pattern) throws Exception {
        try (trainer) {
            train(trainer);
            List<Row> rows = new ArrayList<>();
            rows.add(row(trainer, "host-bytes" + id, HeldBytes.of(trainer).all(), "held between two steps"));
            try (TrainerSnapshot snapshot = trainer.snapshot()) {
                rows.add(row(trainer, "checkpoint-bytes" + id, stored(snapshot), "state.safetensors"));
            }
            rows.add(
                    row(trainer, "masks-bytes" + id, published(trainer, pattern), "the records of the first snapshot"));
            return rows;
        }
    }

    private List<Row> onDevice(String id, Trainer trainer) throws Exception {
        try (trainer) {
            train(trainer);
            HeldBytes.Held held = HeldBytes.of(trainer);
            return List.of(
                    row(trainer, "device-bytes" + id, held.outside(), "engine arrays between two steps"),
                    row(trainer, "device-heap" + id, held.heap(), "on Java's heap between two steps"));
        }
    }

    private List<Row> peaks(Path file, String optimizer, boolean device) throws IOException {
        PeakProbe probe = PeakProbe.run(file, Net.mlp(large).input(), optimizer, device);
        double weights = 3.0 * Net.width(large) * Net.width(large);
        String id = (device ? "device-" : "host-") + "peak%s-2of4-" + optimizer;
        String baseline = String.format(Locale.ROOT, "a process of %.0f weights, all of it but Java's heap", weights);
        return List.of(
                new Row(String.format(id, ""), (probe.steps() - PeakProbe.HEAP_BYTES) / weights, "B/weight", baseline),
                new Row(
                        String.format(id, "-with-cut"),
                        (probe.cut() - PeakProbe.HEAP_BYTES) / weights,
                        "B/weight",
                        baseline));
    }

    /** What a sample more in a batch costs at most, beside what the model keeps. */
    private Row sample() throws IOException {
        Net net = Net.resnet18();
        Path file = net.write(folder);
        try {
            List<Long> twice = new ArrayList<>(net.input());
            twice.set(0, 2 * net.input().getFirst());
            PeakProbe less = PeakProbe.run(file, net.input(), "sgd", false);
            PeakProbe most = PeakProbe.run(file, twice, "sgd", false);
            double bytes = (double) (most.steps() - less.steps()) / net.input().getFirst();
            String baseline = String.format(
                    Locale.ROOT,
                    "two processes, of batches of %s and %s: their difference; the smaller one has %.0f MB in all",
                    net.input(),
                    twice,
                    (less.steps() - PeakProbe.HEAP_BYTES) / 1e6);
            return new Row("sample-bytes-resnet18", bytes, "B/sample", baseline);
        } finally {
            Files.delete(file);
        }
    }

    /** To after the first removals. */
    private void train(Trainer trainer) {
        TrainingBatch batch = Samples.batch(1, 10, 64L, Net.width(small));
        for (int step = 0; step < OwnTrainers.SHORT_WINDOW_SOME; step++) {
            OwnTrainers.step(trainer, batch);
        }
    }

    private static Row row(Trainer trainer, String id, long bytes, String what) {
        long weights = trainer.layers().stream()
                .mapToLong(layer -> layer.layout().elements())
                .sum();
        String baseline = what + ", of " + weights + " weights in sparse layers";
        return new Row(id, (double) bytes / weights, "B/weight", baseline);
    }

    private long stored(TrainerSnapshot snapshot) throws IOException {
        Path file = folder.resolve("state.safetensors");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.write(out, snapshot.tensors(), Map.of());
            return out.size();
        } finally {
            Files.delete(file);
        }
    }

    private static long published(Trainer trainer, String pattern) {
        List<LayerBits> bits = IntStream.range(0, trainer.layers().size())
                .mapToObj(i -> new LayerBits(
                        trainer.layers().get(i).parameter(),
                        trainer.layers().get(i).layout(),
                        trainer.masks().get(i).bits()))
                .toList();
        Origin origin = new Origin("bench", "00000000-0000-0000-0000-000000000000", trainer.step());
        var draft = new MaskDraft(origin, 1, MaskState.SEARCHING, Pattern.parse(pattern), bits);
        return MaskPublication.first(draft).records().stream()
                .mapToLong(record -> record.value().length)
                .sum();
    }
}
