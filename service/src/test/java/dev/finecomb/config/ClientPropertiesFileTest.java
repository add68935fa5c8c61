package dev.finecomb.config;

import static dev.finecomb.config.ConfigFixtures.bound;
import static dev.finecomb.config.ConfigFixtures.file;
import static dev.finecomb.config.ConfigFixtures.leastWith;
import static dev.finecomb.config.ConfigFixtures.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientPropertiesFileTest {
    private static final String SECRET = "hunter2";

    @TempDir
    Path directory;

    private Path written(String text) throws Exception {
        return Files.writeString(directory.resolve("client.properties"), text);
    }

    private static Map<String, Object> naming(Path file, Map<String, String> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("finecomb.kafka.properties-file", file.toString());
        return leastWith(settings);
    }

    private static List<String> complaints(Path file, Map<String, String> more) {
        return problems(file(naming(file, more))).stream()
                .map(ConfigProblem::text)
                .toList();
    }

    @Test
    void itsPathIsASettingAndItsContentIsShownNowhere() throws Exception {
        Path file = written("sasl.jaas.config = module required \\\n  password=\"" + SECRET + "\";\n# a comment\n");

        assertThat(ClientPropertiesFile.read(file))
                .containsExactly(Map.entry("sasl.jaas.config", "module required password=\"" + SECRET + "\";"));
        FinecombConfig config = bound(file(naming(file, Map.of())));
        assertThat(config.toString()).contains(file.toString()).doesNotContain(SECRET);
        assertThat(EffectiveSettings.describe(config))
                .containsEntry("finecomb.kafka.properties-file", file.toString())
                .doesNotContainValue(SECRET);
    }

    @Test
    void theEnvironmentNamesItToo() throws Exception {
        Path file = written("security.protocol=SSL");

        FinecombConfig config = bound(
                file(leastWith(Map.of())),
                ConfigFixtures.environment(Map.of("FINECOMB_KAFKA_PROPERTIES_FILE", file.toString())));

        assertThat(config.kafka().clients()).isEqualTo(new KafkaConfig.Clients(Map.of(), Optional.of(file)));
    }

    @Test
    void aFileThatCannotBeReadIsRefusedByNameWithTheReason() throws Exception {
        assertThat(complaints(directory.resolve("absent.properties"), Map.of()))
                .singleElement()
                .asString()
                .contains("finecomb.kafka.properties-file", "absent.properties", "no such file", "Remedy");
        assertThat(complaints(directory, Map.of()))
                .singleElement()
                .asString()
                .contains("finecomb.kafka.properties-file");
        Path latin = Files.write(directory.resolve("latin"), "password=ü".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(complaints(latin, Map.of())).singleElement().asString().contains("UTF-8");
        assertThat(complaints(written("password=\\u12"), Map.of()))
                .singleElement()
                .asString()
                .contains("malformed");
    }

    @Test
    void aPropertyStandsInOnePlaceAndNoneTakesTheServicesOwn() throws Exception {
        Path file = written("ssl.key.password=" + SECRET + "\ngroup.id=" + SECRET + "\n");

        List<String> found = complaints(file, Map.of("finecomb.kafka.properties.ssl.key.password", "other" + SECRET));

        assertThat(found)
                .hasSize(2)
                .anySatisfy(text -> assertThat(text).contains("sets group.id", "remove it"))
                .anySatisfy(text -> assertThat(text)
                        .contains("sets ssl.key.password", "so does finecomb.kafka.properties.ssl.key.password"))
                .noneSatisfy(text -> assertThat(text).contains(SECRET));
    }
}
