package dev.finecomb.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.model.Classifier;
import dev.finecomb.protocol.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's last words: how good the model was and is, and what was proven about it. */
final class Report {
    private static final int TEST_ROWS = 1000;

    private final Digits digits;
    private final PrintStream out;

    Report(Digits digits, PrintStream out) {
        this.digits = digits;
        this.out = out;
    }

    /** Share of rows 0 to 999 in negative that a module classifies right, 0 to 1. */
    double accuracy(Path module) throws IOException {
        List<float[]> images = new ArrayList<>();
        for (int row = 0; row < TEST_ROWS; row++) {
            images.add(digits.negative(row, 0, 0));
        }
        Tensor input = Digits.images(images);
        int right = 0;
        try (Classifier classifier = Classifier.open(module)) {
            long[] classes = classifier.classify(input);
            for (int row = 0; row < TEST_ROWS; row++) {
                right += classes[row] == digits.label(row) ? 1 : 0;
            }
        }
        return (double) right / TEST_ROWS;
    }

    void print(Path before, Path export) throws IOException {
        JsonNode manifest =
                new JsonMapper().readTree(export.resolve("manifest.json").toFile());
        out.println();
        out.printf(
                Locale.ROOT,
                "  accuracy on digits 0 to 999 in negative: before %.3f, now %.3f%n",
                accuracy(before),
                accuracy(export.resolve("model.pt")));
        out.printf(
                "  proof, read back from model.safetensors: %s%n",
                manifest.path("proof").path("holds").asBoolean()
                        ? "every group of every sparse layer holds "
                                + manifest.path("pattern").asText()
                        : "FAILED, " + manifest.path("proof").path("violation").asText());
        out.println();
        out.printf("  %-14s %-18s %-7s %9s %9s  %s%n", "layer", "shape", "", "weights", "kept", "");
        for (JsonNode layer : manifest.path("layers")) {
            if (layer.path("shape").size() > 1) {
                out.printf(
                        "  %-14s %-18s %-7s %9s %9s  %s%n",
                        layer.path("parameter").asText(),
                        layer.path("shape"),
                        layer.path("sparse").asBoolean() ? "sparse" : "dense",
                        layer.path("weights").asText(""),
                        layer.path("weightsKept").asText(""),
                        layer.path("reason").asText());
            }
        }
        out.println();
    }
}
