package dev.finecomb.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A configuration that sets every setting to something else than its default, written and bound. */
final class FullConfiguration {
    private static final Path CLIENT_PROPERTIES = Path.of("src/test/resources/dev/finecomb/config/client.properties");

    private static final String TEXT = """
            kafka.bootstrap-servers = broker-1:9092, [::1]:9093
            kafka.prefix = acme.lab
            kafka.job = digits-2-4
            kafka.create-topics = true
            kafka.start-offset = latest
            kafka.transaction-timeout = 2m
            kafka.connect-timeout = 1500ms
            kafka.delivery = at-least-once
            kafka.properties.security.protocol = SASL_SSL
            kafka.properties-file = src/test/resources/dev/finecomb/config/client.properties
            ingest.prefetch-bytes = 1GiB
            ingest.max-record-bytes = 512KiB
            ingest.max-reject-ratio = 0.5
            ingest.merge = arrival
            model.uri = file:///models/digits.pt
            model.sha256 = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            model.device = gpu
            model.inputs = x, context
            model.labels = label
            model.classes = 10
            model.normalize.scale = 0.0625
            model.normalize.mean = 0.5, 0.4, 0.3
            model.normalize.std = 0.25
            training.loss = binary-cross-entropy
            training.label-smoothing = 0
            training.batch-size = 64
            training.optimizer.kind = adamw
            training.optimizer.weight-decay = 0.01
            training.optimizer.momentum = 0.8
            training.optimizer.nesterov = false
            training.optimizer.decoupled = true
            training.optimizer.beta1 = 0.85
            training.optimizer.beta2 = 0.95
            training.optimizer.epsilon = 1e-6
            training.learning-rate.kind = cosine
            training.learning-rate.base = 3e-4
            training.learning-rate.warmup-steps = 10
            training.learning-rate.floor = 1e-6
            training.learning-rate.total-steps = 1000
            training.learning-rate.step-size = 100
            training.learning-rate.gamma = 0.5
            training.gradient-clip = 1.5
            training.check-finite = false
            training.seed = -7
            training.threads = 2
            sparsity.pattern = 8:16
            sparsity.variant = linear
            sparsity.removal-start = 20
            sparsity.removal-end = 500
            sparsity.exponent = 2
            sparsity.settle-steps = 40
            sparsity.score.learning-rate = 0.1
            sparsity.score.momentum = 0.3
            sparsity.score.nesterov = true
            sparsity.score.weight-decay = 0.02
            sparsity.score.half-life = 1000
            sparsity.include = stem.*
            sparsity.exclude = head.*, fc1.weight
            checkpoint.directory = /data/checkpoints
            checkpoint.every-steps = 7
            checkpoint.every = PT1M
            checkpoint.keep = 5
            checkpoint.outbox-bytes = 65536
            checkpoint.on-corrupt = rewind
            export.directory = /data/export
            control.token = a-token-of-24-characters
            export.when-finished = continue
            export.every-steps = 50
            object-storage.endpoint = http://minio:9000
            object-storage.region = eu-central-1
            object-storage.path-style = true
            object-storage.scratch = /scratch
            """;

    private FullConfiguration() {}

    static Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        TEXT.lines()
                .map(line -> line.split(" = ", 2))
                .forEach(setting -> settings.put("finecomb." + setting[0], setting[1]));
        return settings;
    }

    /** What takes the place of {@code model.uri}. */
    static Map<String, Object> architecture() {
        return Map.of(
                "finecomb.model.architecture.kind", "cnn",
                "finecomb.model.architecture.inputs", "1, 28, 28",
                "finecomb.model.architecture.channels", "32, 64",
                "finecomb.model.architecture.hidden", "128",
                "finecomb.model.architecture.classes", "10");
    }

    static FinecombConfig config() {
        return new FinecombConfig(
                new KafkaConfig(
                        "broker-1:9092, [::1]:9093",
                        new KafkaConfig.Names("acme.lab", "digits-2-4", true),
                        KafkaConfig.StartOffset.LATEST,
                        new KafkaConfig.Timeouts(Duration.ofMinutes(2), Duration.ofMillis(1500)),
                        KafkaConfig.Delivery.AT_LEAST_ONCE,
                        new KafkaConfig.Clients(
                                Map.of("security.protocol", "SASL_SSL"), Optional.of(CLIENT_PROPERTIES))),
                new IngestConfig(1L << 30, 512 << 10, 0.5, IngestConfig.Merge.ARRIVAL),
                new ModelConfig(
                        new ModelConfig.Source(
                                Optional.of(URI.create("file:///models/digits.pt")),
                                Optional.of("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                                Optional.empty()),
                        ModelConfig.Device.GPU,
                        List.of("x", "context"),
                        List.of("label"),
                        OptionalLong.of(10),
                        Optional.of(new ModelConfig.Normalize(0.0625, List.of(0.5, 0.4, 0.3), List.of(0.25)))),
                training(),
                new SparsityConfig(
                        "8:16",
                        SparsityConfig.Variant.LINEAR,
                        new SparsityConfig.Removal(20, 500, 2),
                        40,
                        new SparsityConfig.Score(0.1, 0.3, true, 0.02, 1000),
                        new SparsityConfig.Layers(List.of("stem.*"), List.of("head.*", "fc1.weight"))),
                new ControlConfig(Optional.of("a-token-of-24-characters")),
                new FinecombConfig.Output(
                        new CheckpointConfig(
                                new Place.Directory(Path.of("/data/checkpoints")),
                                7,
                                Duration.ofMinutes(1),
                                5,
                                65536,
                                CheckpointConfig.OnCorrupt.REWIND),
                        new ExportConfig(
                                new Place.Directory(Path.of("/data/export")),
                                ExportConfig.WhenFinished.CONTINUE,
                                OptionalLong.of(50)),
                        new ObjectStorageConfig(
                                Optional.of("http://minio:9000"),
                                Optional.of("eu-central-1"),
                                true,
                                Optional.of(Path.of("/scratch")))));
    }

    private static TrainingConfig training() {
        return new TrainingConfig(
                new TrainingConfig.Objective(TrainingConfig.Loss.BINARY_CROSS_ENTROPY, 0, OptionalInt.of(64)),
                new OptimizerConfig(
                        OptimizerConfig.Kind.ADAMW,
                        0.01,
                        new OptimizerConfig.Sgd(0.8, false, true),
                        new OptimizerConfig.Adam(0.85, 0.95, 1e-6)),
                new LearningRateConfig(
                        LearningRateConfig.Kind.COSINE,
                        3e-4,
                        10,
                        1e-6,
                        OptionalLong.of(1000),
                        new LearningRateConfig.Decay(OptionalLong.of(100), OptionalDouble.of(0.5))),
                new TrainingConfig.Guards(1.5, false),
                -7,
                OptionalInt.of(2));
    }
}
