package dev.finecomb.bench;

import dev.finecomb.TestConfig;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.model.ModelLoader;
import dev.finecomb.model.TrainableModel;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.training.DenseTrainer;
import dev.finecomb.training.DeviceTrainer;
import dev.finecomb.training.StepResult;
import dev.finecomb.training.Trainer;
import dev.finecomb.training.TrainerAssembly;
import dev.finecomb.training.UpdatePass;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The service's own trainers, put together as a job's are: SGD with momentum 0.9. */
final class OwnTrainers {
    static final float LEARNING_RATE = 1e-4f;
    /** In a window of {@value #LONG_WINDOW} steps 2:4 has two combinations left from here on, up to its end. */
    static final long TWO_LEFT_FROM = 600_000;

    /** Steps after which a trainer of {@link #removing} has had a removal. */
    static final int SHORT_WINDOW_SOME = 4;

    private static final long LONG_WINDOW = 1_000_000;
    private static final long SHORT_WINDOW = 40;

    private OwnTrainers() {}

    /** A trainer whose removals begin later than any measurement ends: all combinations are alive. */
    static Trainer sparse(Path model, String pattern) throws Exception {
        return sparse(model, pattern, 1_000_000, 2_000_000);
    }

    /** A trainer at the start of a removal that takes {@value #LONG_WINDOW} steps. */
    static Trainer inWindow(Path model, String pattern) throws Exception {
        return sparse(model, pattern, 0, LONG_WINDOW);
    }

    /** A trainer that has removed something, but not all, after {@link #SHORT_WINDOW_SOME} steps. */
    static Trainer removing(Path model, String pattern) throws Exception {
        return sparse(model, pattern, 0, SHORT_WINDOW);
    }

    /** The same with this optimizer, and if asked for in the form that a GPU gets, on the host. */
    static Trainer removing(Path model, String pattern, String optimizer, boolean deviceForm) throws Exception {
        Map<String, Object> settings = settings(model);
        settings.put("training.optimizer.kind", optimizer);
        settings.put("sparsity.pattern", pattern);
        settings.put("sparsity.removal-start", 0);
        settings.put("sparsity.removal-end", SHORT_WINDOW);
        FinecombConfig config = TestConfig.of(settings);
        TrainableModel loaded = ModelLoader.load(config).model();
        return deviceForm
                ? DeviceTrainer.of(loaded, config)
                : TrainerAssembly.assemble(loaded, config).trainer();
    }

    private static Trainer sparse(Path model, String pattern, long removalStart, long removalEnd) throws Exception {
        Map<String, Object> settings = settings(model);
        settings.put("sparsity.pattern", pattern);
        settings.put("sparsity.removal-start", removalStart);
        settings.put("sparsity.removal-end", removalEnd);
        FinecombConfig config = TestConfig.of(settings);
        return TrainerAssembly.assemble(ModelLoader.load(config).model(), config)
                .trainer();
    }

    static Trainer dense(Path model) throws Exception {
        FinecombConfig config = TestConfig.of(settings(model));
        return DenseTrainer.of(ModelLoader.load(config).model(), config);
    }

    /** What such a trainer does after backward. */
    static UpdatePass updatePass(Path model, String pattern, boolean sparse) throws Exception {
        Map<String, Object> settings = settings(model);
        settings.put("sparsity.pattern", pattern);
        FinecombConfig config = TestConfig.of(settings);
        return UpdatePass.of(ModelLoader.load(config).model(), config, sparse);
    }

    private static Map<String, Object> settings(Path model) {
        Map<String, Object> settings = new TreeMap<>(TestConfig.minimal(model, model.resolveSibling("scratch")));
        settings.put("training.optimizer.kind", "sgd");
        settings.put("training.optimizer.momentum", 0.9);
        settings.put("training.learning-rate.base", LEARNING_RATE);
        return settings;
    }

    /** A step that must have trained. */
    static void step(Trainer trainer, TrainingBatch batch) {
        if (!(trainer.step(batch) instanceof StepResult.Trained)) {
            throw new IllegalStateException("a batch was refused");
        }
    }
}
