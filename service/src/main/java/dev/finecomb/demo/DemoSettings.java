package dev.finecomb.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** The demo's job: 600 steps, 2:4, removal over the first half. */
final class DemoSettings {
    static final int STEPS = 600;
    static final long SEED = 1;
    static final String JOB = "digits";
    static final String TOPIC = "finecomb." + JOB + ".batches";

    private DemoSettings() {}

    /** Lays down the pre-trained network. */
    static void copyModel(Path target) throws IOException {
        try (InputStream bytes = Objects.requireNonNull(DemoSettings.class.getResourceAsStream("digits-cnn.pt"))) {
            Files.copy(bytes, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * The service's configuration; checkpoints and the export lie below {@code directory}.
     *
     * @param steps after which the model is exported; removal takes the first half of them
     */
    static String yaml(String bootstrapServers, String job, int steps, Path model, Path directory) {
        return """
                # Written by the demo, anew at every start.
                finecomb:
                  kafka:
                    bootstrap-servers: %s
                    job: %s
                    create-topics: true
                  model:
                    uri: %s
                    device: cpu
                    classes: 10
                  training:
                    loss: softmax-cross-entropy
                    optimizer:
                      kind: sgd
                      momentum: 0.9
                      weight-decay: 0.0005
                    learning-rate:
                      kind: cosine
                      base: 0.05
                      total-steps: %d
                    seed: %d
                  sparsity:
                    pattern: "2:4"
                    removal-end: %d
                    settle-steps: %d
                  checkpoint:
                    directory: %s
                    every-steps: 50
                  export:
                    directory: %s
                    when-finished: stop
                """.formatted(
                        bootstrapServers,
                        job,
                        model.toUri(),
                        steps,
                        SEED,
                        steps / 2,
                        steps - steps / 2,
                        directory.resolve("checkpoints"),
                        directory.resolve("export"));
    }
}
