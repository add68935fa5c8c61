package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ContainerNetwork;
import dev.finecomb.Battery;
import dev.finecomb.JobEnd;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TestTopics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.IndefiniteWaitOneShotStartupCheckStrategy;
import org.testcontainers.kafka.KafkaContainer;

/**
 * The image, built as users build it, against a broker in a container. The environment may name other base images
 * ({@code JDK_IMAGE}, {@code DEBIAN_IMAGE}) and another broker ({@code KAFKA_IMAGE}). Skipped where no container engine
 * runs.
 */
class ContainersIT {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String INSIDE = "kafka:19092";
    private static final String MODEL = "/models/digits-cnn.pt";
    /** All that a producer may choose: each brings native code of its own. */
    private static final List<String> CODECS = List.of("none", "gzip", "zstd", "snappy", "lz4");

    private static final long MOST_BYTES = 450L << 20;

    @TempDir
    static Path directory;

    private static final DockerClient DOCKER = DockerClientFactory.lazyClient();
    private static String image = "";
    private static KafkaContainer kafka = new KafkaContainer(Images.kafka());
    /** From here the tests reach the broker. */
    private static Network outer = Network.SHARED;
    /** Leads to the broker only. */
    private static Network inner = Network.SHARED;

    @BeforeAll
    static void prepare() throws Exception {
        Images.requireEngine();
        image = Images.build("cpu", Map.of("VERSION", "1.2.3", "REVISION", "abcdef"));
        inner = Network.builder()
                .createNetworkCmdModifier(create -> create.withInternal(true))
                .build();
        outer = Network.newNetwork();
        kafka = new KafkaContainer(Images.kafka()).withNetwork(outer).withListener("0.0.0.0:19092", () -> INSIDE);
        kafka.start();
        DOCKER.connectToNetworkCmd()
                .withNetworkId(inner.getId())
                .withContainerId(kafka.getContainerId())
                .withContainerNetwork(new ContainerNetwork().withAliases(List.of("kafka")))
                .exec();
        DemoSettings.copyModel(directory.resolve("digits-cnn.pt"));
    }

    @AfterAll
    static void clear() {
        kafka.stop();
        inner.close();
        outer.close();
    }

    @Test
    void theDemoInContainersStoppedAndKilledEndsInTheBytesOfThePlainOne() throws Exception {
        long begin = System.nanoTime();
        Path plain = plainly("plain");
        prepareTopic("contained");
        Map<String, Path> files =
                Map.of(ServiceContainer.SETTINGS, settings("contained", Path.of("/data")), MODEL, model());
        try (DataVolume volume = DataVolume.create()) {
            try (var first = ServiceContainer.start(image, inner, files, volume, ServiceContainer.NAMED)) {
                first.awaitCommitted(100, LONG);
                Container.ExecResult health = first.execute("java", "-jar", "/opt/finecomb/finecomb.jar", "health");
                assertThat(health.getStdout()).as(health.toString()).isEqualToIgnoringWhitespace("UP");
                assertThat(first.terminate()).as(first.log()).isZero();
                assertThat(first.log()).contains("ends with exit code 0");
            }
            try (var second = ServiceContainer.start(image, inner, files, volume, ServiceContainer.NAMED)) {
                second.awaitCommitted(300, LONG);
                assertThat(second.kill()).isEqualTo(137);
                assertThat(second.log()).contains("resumed");
            }
            try (var last = ServiceContainer.start(image, inner, files, volume, ServiceContainer.NAMED)) {
                assertThat(last.exitCode(LONG)).as(last.log()).isZero();
                assertThat(last.log()).doesNotContain("Extracting", "Downloading");
                requireSameModel(plain, last);
            }
        }
        JobEnd.requireCleanLedger(kafka.getBootstrapServers(), "contained", DemoSettings.STEPS);
        Battery.ran(
                "container",
                2,
                Duration.ofNanos(System.nanoTime() - begin),
                "one SIGTERM, one SIGKILL; byte-identical to a plain run");
    }

    private static void requireSameModel(Path plain, ServiceContainer container) throws IOException {
        Path export = Files.createDirectory(directory.resolve("export-of-container"));
        for (String file : List.of("model.safetensors", "mask.safetensors", "model.pt")) {
            container.copyOut("/data/export/" + file, export.resolve(file));
        }
        JobEnd.requireSameModel(plain, export);
    }

    /** The same job by the jar, on this machine; returns its export. */
    private static Path plainly(String job) throws Exception {
        prepareTopic(job);
        Path home = Files.createDirectory(directory.resolve(job));
        Path settings = home.resolve("finecomb.yml");
        Files.writeString(settings, yaml(kafka.getBootstrapServers(), job, model(), home), StandardCharsets.UTF_8);
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
        }
        return home.resolve("export");
    }

    private static void prepareTopic(String job) throws Exception {
        String topic = "finecomb." + job + ".batches";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.getBootstrapServers()))) {
            TestTopics.create(admin, topic, 1);
        }
        var stream = new DigitsStream(Digits.load(), DemoSettings.SEED);
        int each = DemoSettings.STEPS / CODECS.size();
        for (int part = 0; part < CODECS.size(); part++) {
            send(topic, CODECS.get(part), stream, part * each, (part + 1) * each);
        }
    }

    private static void send(String topic, String codec, DigitsStream stream, int from, int to) throws Exception {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka.getBootstrapServers(), "compression.type", codec, "linger.ms", 20);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int k = from; k < to; k++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, stream.batch(k))));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    private static Path model() {
        return directory.resolve("digits-cnn.pt");
    }

    /** As the container is to see them. */
    private static Path settings(String job, Path data) throws IOException {
        return Files.writeString(
                directory.resolve(job + ".yml"), yaml(INSIDE, job, Path.of(MODEL), data), StandardCharsets.UTF_8);
    }

    private static String yaml(String bootstrapServers, String job, Path model, Path data) {
        return DemoSettings.yaml(bootstrapServers, job, DemoSettings.STEPS, model, data);
    }

    /** Settings, environment and the chart's own test, as they are rendered; only the broker's address is another. */
    @Test
    void whatTheChartRendersStartsTheImage() throws Exception {
        RenderedJob rendered = RenderedJob.read(Path.of("../helm/src/test/resources/rendered/minimal.yaml"));
        Map<String, Path> files = Map.of(
                rendered.settingsPlace(),
                Files.writeString(directory.resolve("rendered.yml"), rendered.settings(), StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>(rendered.environment());
        environment.put("FINECOMB_KAFKA_BOOTSTRAP_SERVERS", INSIDE);
        try (DataVolume volume = DataVolume.create();
                var service = ServiceContainer.start(image, inner, files, volume, environment)) {
            service.awaitCommitted(0, LONG);
            List<String> test = new ArrayList<>(List.of("java", "-jar", "/opt/finecomb/finecomb.jar"));
            test.addAll(rendered.testArguments());
            Container.ExecResult shown = service.execute(test.toArray(String[]::new));
            assertThat(shown.getExitCode()).as(shown.toString()).isZero();
            Container.ExecResult health = service.execute("java", "-jar", "/opt/finecomb/finecomb.jar", "health");
            assertThat(health.getExitCode()).as(health.toString()).isZero();
            assertThat(service.terminate()).as(service.log()).isZero();
        }
    }

    @Test
    void theDoctorFindsTheImageComplete() throws Exception {
        Map<String, Path> files =
                Map.of(ServiceContainer.SETTINGS, settings("examined", Path.of("/data")), MODEL, model());
        String report = run(files, "doctor", "--config-file", ServiceContainer.SETTINGS);
        assertThat(report)
                .contains("ok    arithmetic    vector")
                .contains("ok    engine        libtorch 2.7.1, 0 GPUs, trains on cpu")
                .contains("ok    checkpoints   /data/checkpoints")
                .contains("ok    transactions")
                .doesNotContain("Extracting");
    }

    @Test
    void wrongSettingsAreToldAndEndWith78() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong.yml"), "finecomb:\n  kafka:\n    jobb: x\n");
        try (DataVolume volume = DataVolume.create();
                var service = ServiceContainer.start(
                        image, inner, Map.of(ServiceContainer.SETTINGS, wrong), volume, ServiceContainer.NAMED)) {
            assertThat(service.exitCode(LONG)).isEqualTo(78);
            assertThat(service.log()).contains("finecomb.kafka.jobb", "finecomb.kafka.bootstrap-servers");
        }
    }

    /** What one of the image's commands says; it has to end with 0. */
    private static String run(Map<String, Path> files, String... words) {
        try (DataVolume volume = DataVolume.create();
                GenericContainer<?> container = ServiceContainer.hardened(image, inner, files, volume)) {
            container
                    .withCommand(words)
                    .withStartupCheckStrategy(new IndefiniteWaitOneShotStartupCheckStrategy())
                    .start();
            return container.getLogs();
        }
    }

    @Test
    void theImageSaysWhatItIsAndHoldsNoMoreThanItNeeds() {
        InspectImageResponse found = DOCKER.inspectImageCmd(image).exec();
        ContainerConfig config = Objects.requireNonNull(found.getConfig());
        assertThat(config.getUser()).isEqualTo("10001:0");
        assertThat(config.getLabels())
                .containsEntry("org.opencontainers.image.title", "Finecomb")
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0")
                .containsEntry("org.opencontainers.image.version", "1.2.3")
                .containsEntry("org.opencontainers.image.revision", "abcdef");
        assertThat(Objects.requireNonNull(config.getVolumes())).containsOnlyKeys("/data", "/tmp");
        assertThat(Objects.requireNonNull(config.getHealthcheck()).getTest()).endsWith("health", "--live");
        assertThat(found.getSize()).isLessThan(MOST_BYTES);
    }

    @Test
    void thereIsNoShellInTheImage() {
        String id = DOCKER.createContainerCmd(image)
                .withEntrypoint("/bin/sh")
                .exec()
                .getId();
        try {
            assertThat(catchThrowable(() -> DOCKER.startContainerCmd(id).exec()))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("no such file or directory");
        } finally {
            DOCKER.removeContainerCmd(id).withForce(true).exec();
        }
    }
}
