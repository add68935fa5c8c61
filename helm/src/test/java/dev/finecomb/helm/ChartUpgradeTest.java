package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An upgrade goes through and keeps the volumes. No chart has been released yet, so what is checked in is what the first
 * version, 0.1.0, makes; a later version is held to it and must not write it anew.
 */
class ChartUpgradeTest {
    private static final Path FIRST = Path.of("src/test/resources/immutable-0.1.0.json");
    /** The API server refuses a change of everything else in a StatefulSet's spec. */
    private static final Set<String> MUTABLE = Set.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

    static List<String> released() {
        return List.of("minimal", "several", "extras", "keda");
    }

    @TempDir
    private Path directory = Path.of("");

    @Test
    void theFirstVersionIsCheckedIn() throws IOException {
        ObjectNode made = new ObjectMapper().createObjectNode();
        for (String set : released()) {
            made.set(set, immutable(Chart.render(set)));
        }
        String text =
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(made);
        if (!Files.exists(FIRST)) {
            Reference.require(FIRST, text + "\n", getClass());
        }
    }

    @ParameterizedTest
    @MethodSource("released")
    void anUpgradeChangesNothingThatCannotChange(String set) throws IOException {
        JsonNode first = new ObjectMapper().readTree(FIRST.toFile()).path(set);

        assertThat(first.size()).isPositive();
        assertThat(immutable(Chart.render(set))).isEqualTo(first);
    }

    @Test
    void anotherVersionOfTheChartRestartsNoPodByItself() throws IOException {
        String chart = Files.readString(Chart.DIRECTORY.resolve("Chart.yaml"));
        Manifests now = Chart.render("minimal");
        String later = now.text().replace("finecomb-" + version(chart, "version"), "finecomb-99.0.0");

        assertThat(later).isNotEqualTo(now.text());
        assertThat(new Manifests(later).one("StatefulSet", "finecomb-digits").at("/spec/template"))
                .isEqualTo(now.one("StatefulSet", "finecomb-digits").at("/spec/template"));
    }

    @Test
    void anotherSettingRestartsItsJobAndNoOther() throws IOException {
        Manifests before = Chart.render("several");
        Path changed = Files.writeString(
                directory.resolve("values.yaml"),
                Files.readString(Chart.values("several")).replace("{base: 0.01}", "{base: 0.02}"));
        Manifests after = Chart.render(changed);

        assertThat(template(after, "finecomb-first")).isEqualTo(template(before, "finecomb-first"));
        assertThat(template(after, "finecomb-second")).isNotEqualTo(template(before, "finecomb-second"));
    }

    private static JsonNode template(Manifests manifests, String name) {
        return manifests.one("StatefulSet", name).at("/spec/template");
    }

    private static String version(String chart, String field) {
        return Objects.requireNonNull(Manifests.parse(chart).path(field).textValue());
    }

    /** By name, for a new name is a new object; and the headless Service's address, which can't change either. */
    private static JsonNode immutable(Manifests manifests) {
        ObjectNode all = new ObjectMapper().createObjectNode();
        for (ObjectNode job : manifests.all("StatefulSet")) {
            ObjectNode fixed = all.putObject(Manifests.describe(job));
            for (Map.Entry<String, JsonNode> field : job.path("spec").properties()) {
                if (!MUTABLE.contains(field.getKey())) {
                    fixed.set(field.getKey(), field.getValue());
                }
            }
        }
        for (ObjectNode service : manifests.all("Service")) {
            all.putObject(Manifests.describe(service)).set("clusterIP", service.at("/spec/clusterIP"));
        }
        return all;
    }
}
