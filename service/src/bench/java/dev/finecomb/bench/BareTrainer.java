package dev.finecomb.bench;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The service's trainer without the service, fed from memory, as a process of its own. Arguments: the job's settings and the
 * load. It reads lines {@code run <seconds>} and answers each with {@code RAN <steps> <nanoseconds>}.
 */
final class BareTrainer {
    private static final int BATCHES = 16;

    private BareTrainer() {}

    public static void main(String[] arguments) throws Exception {
        FinecombConfig config = Job.configuration(Path.of(arguments[0]));
        Load load = Load.all().stream()
                .filter(each -> each.id().equals(arguments[1]))
                .findFirst()
                .orElseThrow();
        List<TrainingBatch> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(load.step(i));
        }
        var model = ModelLoader.load(config).model();
        try (Trainer trainer = TrainerAssembly.assemble(model, config).trainer()) {
            var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("READY now");
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long seconds = Long.parseLong(line.substring("run ".length()));
                System.out.println("RAN " + run(trainer, batches, seconds * 1_000_000_000));
            }
        }
    }

    private static String run(Trainer trainer, List<TrainingBatch> batches, long nanos) {
        long begin = System.nanoTime();
        long steps = 0;
        long now = begin;
        while (now - begin < nanos) {
            if (!(trainer.step(batches.get((int) (steps++ % BATCHES))) instanceof StepResult.Trained)) {
                throw new IllegalStateException("a batch was refused");
            }
            now = System.nanoTime();
        }
        return steps + " " + (now - begin);
    }
}
