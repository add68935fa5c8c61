package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.KafkaFixture;
import dev.finecomb.protocol.Topics;
import dev.finecomb.publish.TopicLayout;
import dev.finecomb.publish.TopicPlan;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** What the chart asks of Strimzi for a job is what the service would make, and needs, itself. */
class ChartKafkaTest {
    private static final Path RENDERED = Path.of("../helm/src/test/resources/rendered/strimzi.yaml");
    private static final int MEBI = 1 << 20;

    @ParameterizedTest
    @CsvSource({"one, 16", "two, 8"})
    void theTopicsAreThoseThatTheServiceWouldMake(String job, long maxRecordMebi) throws IOException {
        var topics = new Topics("finecomb", job);
        List<TopicPlan> plans = TopicPlan.of(
                topics, KafkaFixture.ingest(64L * MEBI, maxRecordMebi * MEBI), new TopicLayout(2, OptionalInt.of(3)));
        List<TopicPlan> ofJob = ofKind("KafkaTopic").stream()
                .map(ChartKafkaTest::plan)
                .filter(plan ->
                        topics.specs().stream().anyMatch(spec -> spec.name().equals(plan.name())))
                .toList();
        assertThat(ofJob).containsExactlyInAnyOrderElementsOf(plans);
    }

    @ParameterizedTest
    @CsvSource({"one", "two"})
    void theUserMayDoWhatTheServiceNeedsAndNoMore(String job) throws IOException {
        Set<String> grants =
                Role.SERVICE.grants(new Topics("finecomb", job), KafkaConfig.Delivery.EXACTLY_ONCE).stream()
                        .map(grant -> grant.resourceName() + " " + grant.name() + " " + grant.operationName())
                        .collect(Collectors.toSet());
        Manifest user = ofKind("KafkaUser").stream()
                .filter(manifest -> manifest.name().equals("finecomb-" + job))
                .findFirst()
                .orElseThrow();
        List<String> rights = new ArrayList<>();
        for (Manifest acl : user.at("spec").at("authorization").list("acls")) {
            Manifest resource = acl.at("resource");
            assertThat(resource.text("patternType")).isEqualTo("literal");
            String type = resource.text("type");
            String kind = Character.toUpperCase(type.charAt(0)) + type.substring(1);
            acl.words("operations")
                    .forEach(operation -> rights.add(kind + " " + resource.text("name") + " " + operation));
        }
        assertThat(rights).containsExactlyInAnyOrderElementsOf(grants);
    }

    private static TopicPlan plan(Manifest topic) {
        Manifest spec = topic.at("spec");
        Map<String, String> settings = new TreeMap<>();
        spec.at("config").content().forEach((key, value) -> settings.put(key, String.valueOf(value)));
        return new TopicPlan(
                topic.name(),
                Integer.parseInt(spec.text("partitions")),
                OptionalInt.of(Integer.parseInt(spec.text("replicas"))),
                new TreeMap<>(settings));
    }

    private static List<Manifest> ofKind(String kind) throws IOException {
        try (Reader rendered = Files.newBufferedReader(RENDERED)) {
            List<Manifest> all = StreamSupport.stream(
                            new Yaml().loadAll(rendered).spliterator(), false)
                    .map(Manifest::of)
                    .filter(manifest -> manifest.text("kind").equals(kind))
                    .toList();
            assertThat(all).isNotEmpty();
            return all;
        }
    }

    /** A mapping of YAML. */
    private record Manifest(Map<String, ?> content) {
        @SuppressWarnings("unchecked")
        static Manifest of(Object mapping) {
            return new Manifest((Map<String, ?>) mapping);
        }

        private Object get(String key) {
            Object found = content.get(key);
            assertThat(found).as("%s of %s", key, content).isNotNull();
            return found;
        }

        Manifest at(String key) {
            return of(get(key));
        }

        List<Manifest> list(String key) {
            return ((List<?>) get(key)).stream().map(Manifest::of).toList();
        }

        List<String> words(String key) {
            return ((List<?>) get(key)).stream().map(String::valueOf).toList();
        }

        String text(String key) {
            return String.valueOf(get(key));
        }

        String name() {
            return at("metadata").text("name");
        }
    }
}
