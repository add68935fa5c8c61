package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;

/**
 * What the chart makes of one job, as far as the image gets to see it.
 *
 * @param settings the file's text
 * @param settingsPlace where the file is mounted
 * @param environment of the service's container
 * @param testArguments of the command that {@code helm test} runs
 */
record RenderedJob(String settings, String settingsPlace, Map<String, String> environment, List<String> testArguments) {
    /** Reads the chart's rendering of a single job. */
    static RenderedJob read(Path rendering) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        try (Reader text = Files.newBufferedReader(rendering)) {
            new Yaml().loadAll(text).forEach(object -> objects.add(new JsonMapper().valueToTree(object)));
        }
        JsonNode trainer = one(objects, "StatefulSet").at("/spec/template/spec/containers/0");
        Map<String, String> environment = new TreeMap<>();
        trainer.path("env")
                .forEach(entry -> environment.put(
                        entry.get("name").asText(), entry.get("value").asText()));
        List<String> arguments = new ArrayList<>();
        one(objects, "Pod").at("/spec/containers/0/args").forEach(word -> arguments.add(word.asText()));
        return new RenderedJob(
                one(objects, "ConfigMap").at("/data/finecomb.yml").asText(),
                mount(trainer, "settings"),
                environment,
                arguments);
    }

    private static String mount(JsonNode container, String volume) {
        List<String> places = new ArrayList<>();
        container.path("volumeMounts").forEach(mount -> {
            if (mount.get("name").asText().equals(volume)) {
                places.add(mount.get("mountPath").asText());
            }
        });
        assertThat(places).as(volume).hasSize(1);
        return places.getFirst();
    }

    private static JsonNode one(List<JsonNode> objects, String kind) {
        List<JsonNode> found = objects.stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }
}
