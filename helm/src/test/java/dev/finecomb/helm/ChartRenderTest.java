package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of each value set is checked in, so that every change of the chart shows its effects. */
class ChartRenderTest {
    private static final Path RENDERED = Path.of("src/test/resources/rendered");

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void aValueSetIsRenderedAsBefore(String set) throws IOException {
        Reference.require(
                RENDERED.resolve(set + ".yaml"), shortened(Chart.render(set).text()), getClass());
    }

    @Test
    void nothingIsCheckedInThatNoValueSetMakes() throws IOException {
        try (Stream<Path> files = Files.list(RENDERED)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
                    .containsExactlyInAnyOrderElementsOf(Chart.valueSets());
        }
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void onlyHooksAreLeftOutOfARelease(String set) {
        Manifests released = Chart.renderReleased(Chart.values(set));

        assertThat(Chart.render(set).all().stream()
                        .filter(object -> object.at("/metadata/annotations")
                                .path("helm.sh/hook")
                                .isMissingNode()))
                .containsExactlyInAnyOrderElementsOf(released.all());
    }

    @Test
    void rulesAndDashboardAreTheFilesBesideTheTemplates() throws IOException {
        Manifests manifests = Chart.render("monitoring");
        JsonNode rules = Manifests.parse(Files.readString(Chart.DIRECTORY.resolve("rules/finecomb.yaml")));

        assertThat(manifests.one("PrometheusRule", "finecomb").path("spec")).isEqualTo(rules);
        assertThat(manifests
                        .one("ConfigMap", "finecomb.dashboard")
                        .at("/data/finecomb.json")
                        .asText()
                        .strip())
                .isEqualTo(Files.readString(Chart.DIRECTORY.resolve("dashboards/finecomb.json"))
                        .strip());
    }

    /** Without what is a file of its own. */
    private static String shortened(String text) {
        return text.replaceAll("(?s)( finecomb[.]json: [|]\n).*?(?=\n---|\\z)", "$1    (the dashboard)")
                .replaceAll("(?s)(kind: PrometheusRule\n.*?\n  groups:\n).*?(?=\n---|\\z)", "$1    (the rules)");
    }
}
