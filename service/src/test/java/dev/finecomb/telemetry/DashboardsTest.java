package dev.finecomb.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.telemetry.PromQl.Selector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DashboardsTest {
    private static final String HANDBOOK = "service/docs/operations.md#";

    @Test
    void thePanelsHaveRowsAndIdsAndPlacesOfTheirOwn() throws IOException {
        List<Integer> ids = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : Dashboards.dashboard().get("panels")) {
            ids.add(panel.get("id").intValue());
            JsonNode place = panel.get("gridPos");
            for (int x = 0; x < place.get("w").intValue(); x++) {
                for (int y = 0; y < place.get("h").intValue(); y++) {
                    int column = x + place.get("x").intValue();
                    assertThat(column).isLessThan(24);
                    assertThat(cells.add(column + "," + (y + place.get("y").intValue())))
                            .as("%s covers another panel", panel.get("title"))
                            .isTrue();
                }
            }
            if (panel.get("type").textValue().equals("row")) {
                rows.add(panel.get("title").textValue());
            } else {
                assertThat(panel.at("/datasource/uid").textValue()).isEqualTo("${datasource}");
                assertThat(panel.get("targets")).isNotEmpty();
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(rows).containsExactly("Learning", "Sparsity", "Reliability", "Runtime");
        assertThat(Dashboards.dashboard().at("/templating/list"))
                .extracting(variable -> variable.get("name").textValue())
                .containsExactly("datasource", "job", "instance");
    }

    @Test
    void everyPanelIsAskedOfTheChosenJobAndInstance() throws IOException {
        for (JsonNode panel : Dashboards.dashboard().get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String query = target.get("expr").textValue();
                int metrics = PromQl.selectors(query).size();
                assertThat(query.split("job=\"\\$job\", instance=~\"\\$instance\"", -1))
                        .as(query)
                        .hasSize(metrics + 1);
            }
        }
    }

    @Test
    void everyQueryIsBalanced() throws IOException {
        assertThat(Dashboards.queries()).hasSizeGreaterThan(40).allSatisfy(query -> {
            assertThat(PromQl.isBalanced(query.expression()))
                    .as(query.toString())
                    .isTrue();
            assertThat(PromQl.selectors(query.expression()))
                    .as(query.toString())
                    .isNotEmpty();
        });
    }

    @Test
    void everyAlertSaysWhatToDoAndHasItsSectionInTheHandbook() throws IOException {
        Set<String> sections = anchors(Path.of("docs/operations.md"));
        List<Object> names = new ArrayList<>();
        for (Map<String, Object> rule : Dashboards.rules()) {
            names.add(rule.get("alert"));
            assertThat(rule.get("labels")).as(rule.toString()).isInstanceOf(Map.class);
            Map<?, ?> annotations = (Map<?, ?>) Objects.requireNonNull(rule.get("annotations"));
            assertThat(annotations.keySet()).as(rule.toString()).isEqualTo(Set.of("summary", "action", "runbook"));
            assertThat(String.valueOf(annotations.get("action")))
                    .doesNotContain("\n")
                    .endsWith(".");
            String runbook = String.valueOf(annotations.get("runbook"));
            assertThat(runbook).startsWith(HANDBOOK);
            assertThat(sections).contains(runbook.substring(HANDBOOK.length()));
        }
        assertThat(names).hasSizeGreaterThan(10).doesNotHaveDuplicates();
    }

    @Test
    void whatAQueryNamesIsFound() {
        assertThat(PromQl.selectors("sum by (job, reason) (rate(a_total{reason=~\"X|Y\", job=\"$job\"}[5m] offset 1h))"
                        + " / on (job) max_over_time(b:c[$__rate_interval]) > 2 and time() - d{e!=\"f\"} > 1e3"))
                .containsExactly(
                        new Selector("a_total", Map.of("reason", List.of("X", "Y"))),
                        new Selector("b:c", Map.of()),
                        new Selector("d", Map.of("e", List.of())));
    }

    @Test
    void whatThePageHasNotIsMissing() {
        var page = new MetricsPage("""
                # HELP a_total Of the page
                a_total{reason="X",text="a\\"}b"} 1.0
                b NaN
                """);

        assertThat(page.missing("rate(a_total{reason=\"X\"}[5m]) + b and up == 0"))
                .isEmpty();
        assertThat(page.missing("a_total{reason=~\"X|Y\"} or invented or b{reason=\"X\"} or a_total{colour!=\"red\"}"))
                .containsExactly("a_total{reason=Y}", "invented", "b{reason}", "b{reason=X}", "a_total{colour}");
        assertThat(page.hasLabel("sum(a_total)", "reason")).isTrue();
        assertThat(page.hasLabel("b", "reason")).isFalse();
    }

    @Test
    void anUnbalancedQueryIsNoticed() {
        assertThat(PromQl.isBalanced("rate(a{b=\"(\"}[5m])")).isTrue();
        assertThat(List.of("rate(a", "a)", "a{b=\"c\"", "(a[5m)]", "a{b=\"c}")).noneMatch(PromQl::isBalanced);
    }

    /** As the pages of code hosts make them of headings. */
    private static Set<String> anchors(Path markdown) throws IOException {
        return Files.readAllLines(markdown).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
