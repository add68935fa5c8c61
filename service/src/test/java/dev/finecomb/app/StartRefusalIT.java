package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.ServiceProcess;
import dev.finecomb.demo.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A start that can't go on ends with its exit code and one message that says what, where and the remedy. */
class StartRefusalIT {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', textBlock = """
            sparsity.pattern              | 0:4               | sparsity.pattern
            sparsity.pattern              | 5:4               | sparsity.pattern
            sparsity.pattern              | 8:16              | linear
            sparsity.patern               | 2:4               | finecomb.sparsity.pattern
            model.uri                     | /no/such/model.pt | /no/such/model.pt
            model.uri                     | GARBAGE           | torch.jit.save
            model.sha256                  | 0000000000000000000000000000000000000000000000000000000000000000 | SHA-256
            sparsity.pattern              | 2:5               | fc1.weight
            sparsity.exclude              | nothing.*         | nothing.*
            """)
    void whatNoRestartMendsEndsWith78(String name, String value, String mentioned) throws Exception {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings("127.0.0.1:9", "refused", directory));
        settings.put(name, value.equals("GARBAGE") ? garbage() : value);

        String log = refuses(settings, 78);

        assertThat(errors(log)).hasSize(1);
        assertThat(log).contains(mentioned);
    }

    @Test
    void everyProblemOfTheConfigurationIsSaidAtOnce() throws Exception {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings("nowhere", "NOT A NAME", directory));
        settings.put("training.learning-rate.base", "fast");
        settings.put("kafka.bootstrap", "x");

        String log = refuses(settings, 78);

        assertThat(log)
                .contains(
                        "finecomb.kafka.bootstrap-servers",
                        "finecomb.kafka.job",
                        "finecomb.training.learning-rate.base",
                        "finecomb.kafka.bootstrap");
    }

    @Test
    void anUnreachableBrokerEndsWith75() throws Exception {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings("127.0.0.1:9", "alone", directory));
        settings.put("kafka.connect-timeout", "2s");

        assertThat(refuses(settings, 75)).contains("127.0.0.1:9", "connect-timeout");
    }

    @Test
    void missingTopicsAreNamedWithTheCommandsThatCreateThem() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            Map<String, Object> settings =
                    new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), "bare", directory));
            settings.put("kafka.create-topics", false);

            assertThat(refuses(settings, 78)).contains("finecomb.bare.batches", "kafka-topics", "create-topics");
        }
    }

    @Test
    void anErrorOfTheMachineEndsWith75() throws Exception {
        Path file = JobWorld.write(JobWorld.settings("127.0.0.1:9", "erring", directory), directory);
        try (ServiceProcess service = ServiceProcess.startMain(file, ErringService.class, List.of())) {
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(75);
            assertThat(service.log()).contains(ErringService.MESSAGE);
        }
    }

    @Test
    void onRequestEveryLineOfTheLogIsAJsonObject() throws Exception {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings("nowhere", "NOT A NAME", directory));
        Path file = JobWorld.write(settings, directory);
        try (ServiceProcess service = ServiceProcess.startMain(file, Application.class, List.of("-DLOG_FORMAT=json"))) {
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(78);
            List<String> lines = service.log()
                    .lines()
                    .filter(line -> !line.startsWith("WARNING: Using incubator modules"))
                    .toList();
            assertThat(lines).hasSize(2);
            JsonNode end = new JsonMapper().readTree(lines.getLast());
            assertThat(end.path("message").asText()).isEqualTo("ends with exit code 78");
            JsonNode line = new JsonMapper().readTree(lines.getFirst());
            assertThat(line.path("level").asText()).isEqualTo("ERROR");
            assertThat(line.path("@timestamp").asText()).endsWith("Z");
            assertThat(line.path("message").asText()).contains("finecomb.kafka.job", "Remedy:");
        }
    }

    @Test
    void anUnknownFormOfTheLogIsRefusedBeforeThereIsALog() throws Exception {
        Path file = JobWorld.write(JobWorld.settings("127.0.0.1:9", "silent", directory), directory);
        try (ServiceProcess service = ServiceProcess.startMain(file, Application.class, List.of("-DLOG_FORMAT=JSON"))) {
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(78);
            assertThat(service.log()).contains("LOG_FORMAT is \"JSON\"", "text or json");
        }
    }

    private String garbage() throws Exception {
        Path file = directory.resolve("garbage.pt");
        Files.writeString(file, "this is no module");
        return file.toString();
    }

    private String refuses(Map<String, Object> settings, int exitCode) throws Exception {
        Path file = JobWorld.write(settings, directory);
        try (ServiceProcess service = ServiceProcess.start(file)) {
            assertThat(service.exitCode(LONG)).as(service.log()).isEqualTo(exitCode);
            return service.log();
        }
    }

    private static List<String> errors(String log) {
        return log.lines().filter(line -> line.contains(" ERROR ")).toList();
    }
}
