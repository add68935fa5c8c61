package dev.finecomb.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The TorchScript module that training begins with and the tensors it is fed with.
 *
 * @param source where the module comes from
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
     * Where the module comes from: a file, an object of an object store, or an architecture that is made and filled at
     * random.
     *
     * @param uri a {@code file:} or {@code s3:} URI; absent if and only if there is an architecture
     * @param sha256 the digest that the module's file must have, 64 lower-case hexadecimal digits
     * @param architecture the network to make; {@code training.seed} decides its values
     */
    public record Source(
            @Setting(
                    doc = "The pre-trained TorchScript module; this or model.architecture is required",
                    remedy = "give the path, or the file: or s3: URI, of a module saved by torch.jit.save",
                    resumable = true)
            Optional<URI> uri,

            @Setting(
                    doc = "The digest that the module's file must have",
                    pattern = "[0-9a-fA-F]{64}",
                    remedy = "copy the 64 hexadecimal digits that sha256sum prints",
                    resumable = true)
            Optional<String> sha256,

            Optional<Architecture> architecture) {}

    /**
     * A network that needs no file.
     *
     * @param kind what it is made of
     * @param inputs the shape of a sample: of an mlp any, of a cnn {@code [channels, height, width]}
     * @param channels output channels of a cnn's convolutions, each 3 by 3 with batch norm, ReLU and 2 by 2 pooling
     * @param hidden outputs of the linear layers before the last, each with ReLU
     * @param classes outputs of the last layer
     */
    public record Architecture(
            @Setting(doc = "What the network is made of", remedy = "choose one of them")
            Kind kind,

            @Setting(
                    doc = "Shape of a sample",
                    min = 1,
                    max = 1 << 24,
                    remedy = "write it, such as 784 for an mlp or [1, 28, 28] for a cnn")
            List<Long> inputs,

            @Setting(doc = "Output channels of the convolutions of a cnn", defaultValue = "", min = 1, max = 1 << 24)
            List<Long> channels,

            @Setting(doc = "Outputs of the linear layers before the last", defaultValue = "", min = 1, max = 1 << 24)
            List<Long> hidden,

            @Setting(
                    doc = "Outputs of the last layer",
                    min = 1,
                    max = 1 << 24,
                    remedy = "write the number of classes, such as 10")
            long classes) {
        /** What a network is made of. */
        public enum Kind {
            /** Linear layers. */
            MLP,
            /** Convolutions, then linear layers. */
            CNN
        }

        public Architecture {
            inputs = List.copyOf(inputs);
            channels = List.copyOf(channels);
            hidden = List.copyOf(hidden);
        }
    }

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

    /** The module's file; empty if it is none, but {@link #object()} or {@link #architecture()} is there. */
    public Optional<Path> path() {
        return source.uri().filter(uri -> uri.getScheme().equals("file")).map(Path::of);
    }

    /** The bucket, and in the place of a prefix the key, of the object that is the module's file. */
    public Optional<Place.Bucket> object() {
        return source.uri()
                .flatMap(uri -> Place.of(uri.toString()))
                .filter(Place.Bucket.class::isInstance)
                .map(Place.Bucket.class::cast);
    }

    /** The network to make; empty if the module is there. */
    public Optional<Architecture> architecture() {
        return source.architecture();
    }

    /** The digest that the module's file must have. */
    public Optional<String> sha256() {
        return source.sha256();
    }
}
