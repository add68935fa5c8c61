package dev.finecomb.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Every example in the chart's README makes settings that the service takes. */
class ChartExamplesTest {
    private static final Path CHART = Path.of("../helm/src/test/resources");
    private static final Pattern EXAMPLE = Pattern.compile("\\{\\{values: ([a-z-]+)\\}\\}");

    static Stream<String> examples() throws IOException {
        return EXAMPLE.matcher(Files.readString(CHART.resolve("readme.md")))
                .results()
                .map(example -> example.group(1));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itsSettingsAreTaken(String example) throws IOException {
        assertThat(settings(example)).isNotEmpty().allSatisfy(settings -> {
            Binding binding = new ConfigBinder()
                    .bind(List.of(new ConfigSource(example, ConfigSource.Naming.PROPERTIES, settings)));
            if (binding instanceof Binding.Invalid(List<ConfigProblem> problems)) {
                // The Secret that it names is mounted in a cluster only.
                assertThat(problems)
                        .allSatisfy(problem -> assertThat(problem.text()).contains("finecomb.kafka.properties-file"));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> settings(String example) throws IOException {
        List<Map<String, Object>> found = new ArrayList<>();
        try (Reader rendered = Files.newBufferedReader(CHART.resolve("rendered/" + example + ".yaml"))) {
            for (Object object : new Yaml().loadAll(rendered)) {
                var manifest = (Map<String, Object>) object;
                var data = (Map<String, String>) manifest.getOrDefault("data", Map.of());
                String file = data.get("finecomb.yml");
                if ("ConfigMap".equals(manifest.get("kind")) && file != null) {
                    found.add(new Yaml().load(file));
                }
            }
        }
        return found;
    }
}
