package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README, values and schema of the chart say the same. */
class ChartDocumentationTest {
    private static final Pattern VALUE_SET = Pattern.compile("(?m)^\\{\\{values: ([a-z-]+)}}$");

    /** The examples are value sets, which other tests render. */
    @Test
    void theReadmeIsMadeOfTheValues() throws IOException {
        String prose = Files.readString(Path.of("src/test/resources/readme.md"));
        StringBuilder text = new StringBuilder();
        Matcher example = VALUE_SET.matcher(prose);
        while (example.find()) {
            String values = Files.readString(Chart.values(example.group(1)));
            example.appendReplacement(text, Matcher.quoteReplacement("```yaml\n" + values + "```"));
        }
        example.appendTail(text);
        String readme = text.toString().replace("{{table}}\n", ValuesFile.read().table());

        assertThat(readme).doesNotContain("{{values").doesNotContain("{{table");
        Reference.require(Chart.DIRECTORY.resolve("README.md"), readme, getClass());
    }

    @Test
    void everyValueSaysWhatItIsFor() throws IOException {
        assertThat(ValuesFile.read().values())
                .filteredOn(value -> !value.initial().isEmpty())
                .hasSizeGreaterThan(80)
                .allSatisfy(
                        value -> assertThat(value.comment()).as(value.path()).endsWith("."));
    }

    @Test
    void aCommentBelongsToTheKeyBelowIt() {
        List<ValuesFile.Value> values = ValuesFile.parse(
                        List.of("# Of nothing.", "", "# Of a", "# and more.", "a:", "  # Of b.", "  b: 1", "c: []"))
                .values();

        assertThat(values)
                .containsExactly(
                        new ValuesFile.Value("a", "", "Of a and more."),
                        new ValuesFile.Value("a.b", "1", "Of b."),
                        new ValuesFile.Value("c", "[]", ""));
    }

    @Test
    void theSchemaKnowsEveryValueAndNoOther() throws IOException {
        JsonNode schema = schema();
        Set<String> known = new TreeSet<>();
        collect(schema, schema, "", known);
        known.removeIf(path -> path.startsWith("config.") || path.equals("global"));
        Set<String> documented = new TreeSet<>();
        ValuesFile.read().values().forEach(value -> documented.add(value.path()));
        // Kubernetes' own objects are passed on as they are.
        documented.removeIf(
                path -> path.matches(
                        "(podSecurityContext|securityContext|nodeSelector|resources[.]requests|resources[.]limits|dashboard[.]labels)[.].*"));

        assertThat(known).isEqualTo(documented);
    }

    @Test
    void aJobMayHaveWhatIsMarkedSoAndNoMore() throws IOException {
        Set<String> ofAJob = new TreeSet<>();
        schema().at("/definitions/job/properties").fieldNames().forEachRemaining(ofAJob::add);
        Set<String> marked = new TreeSet<>(Set.of("name"));
        Set<String> unmarked = new TreeSet<>();
        for (ValuesFile.Value value : ValuesFile.read().values()) {
            if (!value.comment().isEmpty()) {
                String key = value.path().replaceAll("[.].*", "");
                (value.comment().startsWith("*Per job.*") ? marked : unmarked).add(key);
            }
        }

        assertThat(ofAJob).isEqualTo(marked);
        assertThat(unmarked).doesNotContainAnyElementsOf(marked);
    }

    private static JsonNode schema() throws IOException {
        return Manifests.parse(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")));
    }

    private static void collect(JsonNode schema, JsonNode type, String path, Set<String> found) {
        JsonNode resolved =
                type.has("$ref") ? schema.at(type.path("$ref").asText().substring(1)) : type;
        resolved.path("properties").properties().forEach(property -> {
            String name = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            found.add(name);
            collect(schema, property.getValue(), name, found);
        });
    }
}
