package dev.finecomb.bench;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.demo.DigitsInput;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.protocol.batch.BatchDecoder;
import dev.finecomb.protocol.batch.BatchSchema;
import dev.finecomb.protocol.batch.Decoded;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A long training in a process of its own. Arguments: the job's settings, the steps to warm up and those to measure. Prints
 * {@code GREW <bytes of heap after a collection> <resident bytes> <milliseconds of the median step>}.
 */
final class GrowthRun {
    static final int SNAPSHOT_EVERY = 50;

    private static final int RECORDS = 64;

    private GrowthRun() {}

    /** Memory in bytes. */
    private record Memory(long heap, long resident) {
        static Memory now() throws IOException {
            long used = 0;
            for (int i = 0; i < 3; i++) {
                System.gc();
                used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            }
            try (var lines = Files.lines(Path.of("/proc/self/status"))) {
                long kib = lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
                return new Memory(used, kib << 10);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        FinecombConfig config = Job.configuration(Path.of(arguments[0]));
        int warm = Integer.parseInt(arguments[1]);
        int steps = Integer.parseInt(arguments[2]);
        List<byte[]> records = DigitsInput.records(RECORDS);
        var decoder = new BatchDecoder(
                BatchSchema.of(config.model().inputs(), config.model().labels()));
        var model = ModelLoader.load(config).model();
        try (Trainer trainer = TrainerAssembly.assemble(model, config).trainer()) {
            run(trainer, decoder, records, warm);
            Memory before = Memory.now();
            double median = run(trainer, decoder, records, steps);
            Memory after = Memory.now();
            System.out.println("GREW " + (after.heap() - before.heap()) + " " + (after.resident() - before.resident())
                    + " " + median);
        }
    }

    private static double run(Trainer trainer, BatchDecoder decoder, List<byte[]> records, int steps) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            long begin = System.nanoTime();
            if (!(trainer.step(batch(decoder, records.get(i % records.size()))) instanceof StepResult.Trained)) {
                throw new IllegalStateException("a batch was refused");
            }
            millis.add((System.nanoTime() - begin) / 1e6);
            if (i % SNAPSHOT_EVERY == 0) {
                trainer.snapshot().close();
            }
        }
        return Figures.median(millis);
    }

    private static TrainingBatch batch(BatchDecoder decoder, byte[] record) {
        return switch (decoder.decode("", record)) {
            case Decoded.Accepted(var batch) -> batch;
            case Decoded.Refused(var reason, var detail) -> throw new IllegalStateException(reason + ": " + detail);
        };
    }
}
