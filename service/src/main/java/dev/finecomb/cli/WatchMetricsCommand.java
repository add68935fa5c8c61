package dev.finecomb.cli;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.protocol.message.StepMetrics;
import java.util.Locale;
import picocli.CommandLine.Command;

/** The figures of each step, a line each. */
@Command(
        name = "metrics",
        description = "Shows the figures of each step as it is committed.",
        mixinStandardHelpOptions = true)
final class WatchMetricsCommand extends WatchTopic {
    @Override
    String topic(Topics topics) {
        return topics.metrics();
    }

    @Override
    String line(byte[] value) throws MalformedMessageException {
        StepMetrics metrics = StepMetrics.decode(value);
        var learning = metrics.learning();
        var progress = metrics.progress();
        String accuracy = learning.accuracy().isPresent()
                ? String.format(
                        Locale.ROOT, "accuracy %5.3f  ", learning.accuracy().getAsDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "step %6d  loss %8.5f  %srate %.3g  gradient %.3g  survivors %3d  density %5.3f  %-9s %6.1f ms",
                metrics.origin().step(),
                learning.loss(),
                accuracy,
                learning.learningRate(),
                learning.gradientNorm(),
                progress.survivors(),
                progress.density(),
                progress.phase().wireName(),
                learning.stepMillis());
    }
}
