package dev.finecomb.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The pre-trained TorchScript module and the tensors it is fed with.
 *
 * @param source the module's file
 * @param device where it trains
 * @param inputs names of the batch tensors that the module takes, in the order of its arguments
 * @param labels names of the batch tensors that the loss compares with
 * @param classes number of classes: integer labels must lie in {@code [0, classes)}
 * @param normalize what is done to the inputs before the forward pass
 */
public record ModelConfig(
        @Inline Source source,

        @Setting(
                doc = "Where the model trains",
                defaultValue = "auto",
                remedy = "auto takes a GPU if there is one",
                resumable = true)
        Device device,

        @Setting(doc = "Batch tensors that the module takes, in order", defaultValue = "x")
        List<String> inputs,

        @Setting(doc = "Batch tensors that the loss compares with", defaultValue = "y")
        List<String> labels,

        @Setting(doc = "Number of classes, the bound of integer labels", min = 1)
        OptionalLong classes,

        Optional<Normalize> normalize) {

    /** Where a model trains. */
    public enum Device {
        /** On the processor. */
        CPU,
        /** On the first GPU; the start fails without one. */
        GPU,
        /** On a GPU where there is one, else on the processor. */
        AUTO
    }

    /**
     * The module's file.
     *
     * @param uri a {@code file:} URI
     * @param sha256 the digest that the file must have, 64 lower-case hexadecimal digits
     */
    public record Source(
            @Setting(
                    doc = "The pre-trained TorchScript module",
                    remedy = "give the path, or the file: URI, of a module saved by torch.jit.save",
                    resumable = true)
            URI uri,

            @Setting(
                    doc = "The digest that the module's file must have",
                    pattern = "[0-9a-fA-F]{64}",
                    remedy = "copy the 64 hexadecimal digits that sha256sum prints",
                    resumable = true)
            Optional<String> sha256) {}

    /**
     * Inputs become {@code (value * scale - mean[c]) / std[c]}, c being the channel, the input's second axis.
     *
     * @param scale factor that every value is multiplied with first
     * @param mean one mean for all channels, or one each
     * @param std one standard deviation for all channels, or one each
     */
    public record Normalize(
            @Setting(doc = "Factor of every input value", defaultValue = "1", min = 0, aboveMin = true)
            double scale,

            @Setting(doc = "Mean to subtract, one or one a channel", defaultValue = "0")
            List<Double> mean,

            @Setting(
                    doc = "Standard deviation to divide by, one or one a channel",
                    defaultValue = "1",
                    min = 0,
                    aboveMin = true)
            List<Double> std) {

        public Normalize {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }
    }

    public ModelConfig {
        inputs = List.copyOf(inputs);
        labels = List.copyOf(labels);
    }

    /** The module's {@code file:} URI. */
    public URI uri() {
        return source.uri();
    }

    /** The module's file. */
    public Path path() {
        return Path.of(source.uri());
    }

    /** The digest that the module's file must have. */
    public Optional<String> sha256() {
        return source.sha256();
    }
}
