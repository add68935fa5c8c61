package dev.finecomb.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.Locale;

/** One living line on a terminal; elsewhere a line every so many steps. */
final class ProgressLine {
    private static final int STEPS_PER_LINE = 50;

    private final PrintStream out;
    private final boolean terminal;
    private long lastStep = -STEPS_PER_LINE;

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(JsonNode status) {
        JsonNode training = status.path("training");
        long step = training.path("progress").path("step").asLong();
        boolean isDue = terminal ? step != lastStep : step - lastStep >= STEPS_PER_LINE;
        if (step == 0 || !isDue) {
            return;
        }
        lastStep = terminal ? step : step - step % STEPS_PER_LINE;
        String line = text(status.path("phase").path("state").asText(), training);
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            out.flush();
        } else {
            out.println(line);
        }
    }

    private static String text(String state, JsonNode training) {
        JsonNode progress = training.path("progress");
        JsonNode metrics = training.path("metrics");
        JsonNode sparsity = training.path("sparsity");
        long step = progress.path("step").asLong();
        long planned = progress.path("plannedSteps").asLong();
        double rate = progress.path("stepsPerSecond").asDouble(0);
        String left = rate > 0 ? String.format(Locale.ROOT, "%3.0f s left", (planned - step) / rate) : "";
        return String.format(
                Locale.ROOT,
                "step %3d/%d  %-9s accuracy %5.3f  loss %5.3f  survivors %d/%d  density %5.3f  %5.1f steps/s  %s",
                step,
                planned,
                state,
                metrics.path("prequentialAccuracy").asDouble(),
                metrics.path("loss").asDouble(),
                sparsity.path("survivors").asInt(),
                sparsity.path("combinations").asInt(),
                sparsity.path("density").asDouble(),
                rate,
                left);
    }

    /** Leaves the line as it stands. */
    void end() {
        if (terminal && lastStep >= 0) {
            out.println();
        }
    }
}
