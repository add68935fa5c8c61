package dev.finecomb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What a rendering consists of, in its order. */
record Manifests(String text) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Any YAML document as JSON; a key that stands twice is an error. */
    static JsonNode parse(String yaml) {
        return MAPPER.valueToTree(yaml().load(yaml));
    }

    private static Yaml yaml() {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new Yaml(new SafeConstructor(options));
    }

    /** All objects. */
    List<ObjectNode> all() {
        List<ObjectNode> objects = new ArrayList<>();
        for (Object document : yaml().loadAll(text)) {
            if (document != null) {
                objects.add(MAPPER.valueToTree(document));
            }
        }
        return objects;
    }

    /** Those of a kind. */
    List<ObjectNode> all(String kind) {
        return all().stream()
                .filter(object -> object.path("kind").asText().equals(kind))
                .toList();
    }

    /** The one of a kind and name. */
    ObjectNode one(String kind, String name) {
        List<ObjectNode> found =
                all(kind).stream().filter(object -> name(object).equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " of kind " + kind + " are called " + name + ", expected one");
        }
        return found.getFirst();
    }

    /** Everything that is or makes a pod: its own object, or the template within. */
    List<Pod> pods() {
        return all().stream().flatMap(Manifests::pod).toList();
    }

    private static Stream<Pod> pod(ObjectNode object) {
        return switch (object.path("kind").asText()) {
            case "Pod" -> Stream.of(new Pod(object, object));
            case "StatefulSet", "Job" -> Stream.of(new Pod(object, (ObjectNode) object.at("/spec/template")));
            default -> Stream.empty();
        };
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static String describe(JsonNode object) {
        return object.path("kind").asText() + " " + name(object);
    }

    /** The settings that a job's ConfigMap holds, as the service reads them. */
    JsonNode settings(String configMap) {
        return parse(Objects.requireNonNull(
                one("ConfigMap", configMap).at("/data/finecomb.yml").textValue(), configMap));
    }

    /**
     * A pod and where it comes from.
     *
     * @param owner the object that makes it, or itself
     * @param template what holds its metadata and spec
     */
    record Pod(ObjectNode owner, ObjectNode template) {
        JsonNode spec() {
            return template.path("spec");
        }

        JsonNode labels() {
            return template.at("/metadata/labels");
        }

        boolean isTrainer() {
            return owner.path("kind").asText().equals("StatefulSet");
        }

        /** Init containers too. */
        List<JsonNode> containers() {
            List<JsonNode> all = new ArrayList<>();
            spec().path("initContainers").forEach(all::add);
            spec().path("containers").forEach(all::add);
            return all;
        }

        @Override
        public String toString() {
            return describe(owner);
        }
    }
}
