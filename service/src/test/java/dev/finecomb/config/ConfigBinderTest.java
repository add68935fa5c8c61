package dev.finecomb.config;

import static dev.finecomb.config.ConfigFixtures.bound;
import static dev.finecomb.config.ConfigFixtures.environment;
import static dev.finecomb.config.ConfigFixtures.file;
import static dev.finecomb.config.ConfigFixtures.least;
import static dev.finecomb.config.ConfigFixtures.leastWith;
import static dev.finecomb.config.ConfigFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConfigBinderTest {

    private static final long MIB = 1 << 20;

    @Test
    void theLeastConfigurationTakesEveryDefault() {
        FinecombConfig config = bound(file(least()));

        assertThat(config)
                .isEqualTo(new FinecombConfig(
                        new KafkaConfig(
                                "localhost:9092",
                                new KafkaConfig.Names("finecomb", "digits", false),
                                KafkaConfig.StartOffset.EARLIEST,
                                new KafkaConfig.Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(30)),
                                KafkaConfig.Delivery.EXACTLY_ONCE,
                                KafkaConfig.Clients.of(Map.of())),
                        new IngestConfig(64 * MIB, 8 * MIB, 0.2, IngestConfig.Merge.ORDERED),
                        new ModelConfig(
                                new ModelConfig.Source(
                                        Optional.of(URI.create("file:///models/digits.pt")),
                                        Optional.empty(),
                                        Optional.empty()),
                                ModelConfig.Device.AUTO,
                                List.of("x"),
                                List.of("y"),
                                OptionalLong.empty(),
                                Optional.empty()),
                        new TrainingConfig(
                                new TrainingConfig.Objective(
                                        TrainingConfig.Loss.SOFTMAX_CROSS_ENTROPY, 0, OptionalInt.empty()),
                                new OptimizerConfig(
                                        OptimizerConfig.Kind.SGD,
                                        0,
                                        new OptimizerConfig.Sgd(0.9, false, false),
                                        new OptimizerConfig.Adam(0.9, 0.999, 1e-8)),
                                new LearningRateConfig(
                                        LearningRateConfig.Kind.CONSTANT,
                                        0.05,
                                        0,
                                        0,
                                        OptionalLong.empty(),
                                        new LearningRateConfig.Decay(OptionalLong.empty(), OptionalDouble.empty())),
                                new TrainingConfig.Guards(0, true),
                                0,
                                OptionalInt.empty()),
                        new SparsityConfig(
                                "2:4",
                                SparsityConfig.Variant.EXACT,
                                new SparsityConfig.Removal(0, 300, 3),
                                300,
                                new SparsityConfig.Score(0.05, 0, false, 0, 0),
                                new SparsityConfig.Layers(List.of(), List.of())),
                        new ControlConfig(Optional.empty()),
                        new FinecombConfig.Output(
                                new CheckpointConfig(
                                        new Place.Directory(Path.of("/var/finecomb/checkpoints")),
                                        100,
                                        Duration.ofSeconds(10),
                                        2,
                                        32 * MIB,
                                        CheckpointConfig.OnCorrupt.STOP),
                                new ExportConfig(
                                        new Place.Directory(Path.of("/var/finecomb/export")),
                                        ExportConfig.WhenFinished.IDLE,
                                        OptionalLong.empty()),
                                new ObjectStorageConfig(Optional.empty(), Optional.empty(), false, Optional.empty()))));
    }

    @Test
    void everySettingIsMapped() {
        FinecombConfig config = bound(file(FullConfiguration.settings()));

        assertThat(config).isEqualTo(FullConfiguration.config());
    }

    @Test
    void theFullConfigurationNamesEverySetting() {
        Map<String, Object> full = FullConfiguration.settings();
        full.putAll(FullConfiguration.architecture());

        assertThat(new Schema().specs())
                .allSatisfy(spec -> assertThat(full.keySet()).anyMatch(name -> name.startsWith(spec.name())));
    }

    @Test
    void anArchitectureTakesThePlaceOfTheFile() {
        Map<String, Object> settings = least();
        settings.remove("finecomb.model.uri");
        settings.putAll(FullConfiguration.architecture());

        ModelConfig model = bound(file(settings)).model();

        assertThat(model.path()).isEmpty();
        assertThat(model.architecture())
                .contains(new ModelConfig.Architecture(
                        ModelConfig.Architecture.Kind.CNN,
                        List.of(1L, 28L, 28L),
                        List.of(32L, 64L),
                        List.of(128L),
                        10));
        settings.put("finecomb.model.architecture.hidden", 64);
        settings.put("finecomb.model.architecture.inputs", List.of(3, 8, 8));
        assertThat(bound(file(settings)).model().architecture().orElseThrow()).satisfies(architecture -> {
            assertThat(architecture.hidden()).containsExactly(64L);
            assertThat(architecture.inputs()).containsExactly(3L, 8L, 8L);
        });
    }

    @Test
    void eitherAFileOrAnArchitecture() {
        Map<String, Object> both = leastWith(FullConfiguration.architecture());
        Map<String, Object> neither = least();
        neither.remove("finecomb.model.uri");
        Map<String, Object> half = least();
        half.remove("finecomb.model.uri");
        half.put("finecomb.model.architecture.kind", "mlp");

        assertThat(problems(file(both)).stream().map(ConfigProblem::text))
                .singleElement(STRING)
                .startsWith("finecomb.model.uri: found \"/models/digits.pt\"")
                .contains("and both are there", "remove one");
        assertThat(problems(file(neither)).stream().map(ConfigProblem::text))
                .singleElement(STRING)
                .startsWith("finecomb.model.uri: not set; expected a path, a file: URI or s3://bucket/key, or a network"
                        + " below finecomb.model.architecture")
                .contains("FINECOMB_MODEL_URI");
        assertThat(problems(file(half)).stream().map(ConfigProblem::name))
                .containsExactly("finecomb.model.architecture.classes", "finecomb.model.architecture.inputs");
    }

    @Test
    void nestedMapsAndOtherSpellingsMeanTheSame() {
        Map<String, Object> nested = Map.of(
                "finecomb",
                Map.of(
                        "kafka", Map.of("bootstrapServers", "localhost:9092", "JOB", "digits"),
                        "model", Map.of("uri", "file:///models/digits.pt", "inputs[1]", "b", "inputs[0]", "a"),
                        "training", Map.of("loss", "softmax-cross-entropy", "learning_rate", Map.of("base", 0.05)),
                        "sparsity", Map.of("removalEnd", 300),
                        "checkpoint", Map.of("directory", "/var/finecomb/checkpoints"),
                        "export", Map.of("directory", "/var/finecomb/export")),
                "micronaut",
                Map.of("server", Map.of("port", 8080)));

        assertThat(bound(file(nested))).isEqualTo(bound(file(leastWith(Map.of("finecomb.model.inputs", "a, b")))));
    }

    @Test
    void theEnvironmentWinsAndIsMatchedByItsOwnNames() {
        FinecombConfig config = bound(
                file(least()),
                environment(Map.of(
                        "FINECOMB_KAFKA_BOOTSTRAP_SERVERS", "kafka-0:9092,kafka-1:9092",
                        "FINECOMB_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL",
                        "FINECOMB_SPARSITY_SCORE_LEARNING_RATE", "0.5",
                        "HOME", "/root")));

        assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka-0:9092,kafka-1:9092");
        assertThat(config.kafka().clients().properties()).containsExactly(Map.entry("security.protocol", "SASL_SSL"));
        assertThat(config.sparsity().score().learningRate()).isEqualTo(0.5);
    }

    @Test
    void environmentNamesAreUnique() {
        List<String> names =
                new Schema().specs().stream().map(SettingSpec::environmentName).toList();

        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void whatKubernetesSetsForAServiceOfThisNameIsNoSetting() {
        Map<String, Object> links = new HashMap<>();
        for (String service : List.of("FINECOMB", "FINECOMB_DIGITS")) {
            links.put(service + "_SERVICE_HOST", "10.0.0.1");
            links.put(service + "_SERVICE_PORT", "8080");
            links.put(service + "_SERVICE_PORT_HTTP", "8080");
            links.put(service + "_PORT", "tcp://10.0.0.1:8080");
            links.put(service + "_PORT_8080_TCP", "tcp://10.0.0.1:8080");
            links.put(service + "_PORT_8080_TCP_ADDR", "10.0.0.1");
        }

        assertThat(bound(file(least()), environment(links))).isEqualTo(bound(file(least())));
    }

    @Test
    void aPatternThatYamlReadAsANumberOfBaseSixtyIsReadBack() {
        assertThat(bound(file(leastWith(Map.of("finecomb.sparsity.pattern", 2 * 60 + 4))))
                        .sparsity()
                        .pattern())
                .isEqualTo("2:4");
    }

    @Test
    void allProblemsAreReportedAtOnceWithNameValueAndRemedy() {
        Map<String, Object> settings = leastWith(Map.of(
                "finecomb.sparsity.pattern", "5:4",
                "finecomb.kafka.start-offset", "newest",
                "finecomb.sparsity.removl-end", "9",
                "finecomb.training.optimizer.momentum", "1.0"));
        settings.remove("finecomb.kafka.job");

        assertThat(problems(file(settings)).stream().map(ConfigProblem::text))
                .satisfiesExactly(
                        job -> assertThat(job)
                                .startsWith("finecomb.kafka.job: not set; expected")
                                .contains("FINECOMB_KAFKA_JOB"),
                        offset -> assertThat(offset)
                                .startsWith("finecomb.kafka.start-offset: found \"newest\" (application.yml); expected "
                                        + "one of earliest, latest. Remedy: "),
                        pattern -> assertThat(pattern)
                                .startsWith("finecomb.sparsity.pattern: found \"5:4\" (application.yml); expected N "
                                        + "below M. Remedy: "),
                        unknown -> assertThat(unknown)
                                .contains("finecomb.sparsity.removl-end: found \"9\"")
                                .contains("write finecomb.sparsity.removal-end if you meant that"),
                        momentum -> assertThat(momentum)
                                .contains("expected a number, at least 0 and below 1. Remedy: correct it, or leave it "
                                        + "out for 0.9."));
    }

    @Test
    void nothingAtAllIsAListOfEverythingRequired() {
        assertThat(problems(file(Map.of())).stream().map(ConfigProblem::name))
                .containsExactly(
                        "finecomb.checkpoint.directory",
                        "finecomb.export.directory",
                        "finecomb.kafka.bootstrap-servers",
                        "finecomb.kafka.job",
                        "finecomb.model.uri",
                        "finecomb.sparsity.removal-end",
                        "finecomb.training.learning-rate.base",
                        "finecomb.training.loss");
    }

    @Test
    void secretsAreNeverPrinted() {
        Map<String, Object> settings = leastWith(Map.of(
                "finecomb.kafka.properties.sasl.jaas.config", "user hunter2",
                "finecomb.kafka.properties.ssl.key.password", "hunter2"));
        FinecombConfig config = bound(file(settings));
        Map<String, Object> misspelt = leastWith(Map.of("finecomb.kafka.propertes.ssl.key.password", "hunter2"));

        assertThat(EffectiveSettings.describe(config).toString())
                .doesNotContain("hunter2")
                .contains("******");
        assertThat(config.toString()).doesNotContain("hunter2");
        assertThat(problems(file(misspelt)).toString()).doesNotContain("hunter2");
        assertThat(config.kafka().clients().properties()).containsEntry("ssl.key.password", "hunter2");
    }
}
