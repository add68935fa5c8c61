package dev.finecomb.telemetry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** The dashboard and the alerting rules that operators load, as they lie in the project. */
public final class Dashboards {
    private static final Path FOLDER = Path.of("../helm/finecomb");
    private static final Pattern VARIABLE_QUERY = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final Pattern LEGEND_LABEL = Pattern.compile("\\{\\{(\\w+)\\}\\}");

    private Dashboards() {}

    /**
     * One query.
     *
     * @param where the panel or alert that asks it
     * @param labels that its legend shows
     */
    public record Query(String where, String expression, List<String> labels) {}

    /** The dashboard. */
    public static JsonNode dashboard() throws IOException {
        return new JsonMapper()
                .readTree(FOLDER.resolve("dashboards/finecomb.json").toFile());
    }

    /** Every rule: {@code alert}, {@code expr}, {@code annotations}, ... */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> rules() throws IOException {
        List<Map<String, Object>> rules = new ArrayList<>();
        try (Reader file = Files.newBufferedReader(FOLDER.resolve("rules/finecomb.yaml"))) {
            Map<String, List<Map<String, Object>>> document = new Yaml().load(file);
            Objects.requireNonNull(document.get("groups"))
                    .forEach(group ->
                            rules.addAll((List<Map<String, Object>>) Objects.requireNonNull(group.get("rules"))));
        }
        return rules;
    }

    /** The queries of both. */
    public static List<Query> queries() throws IOException {
        List<Query> queries = new ArrayList<>();
        JsonNode dashboard = dashboard();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new Query(
                        panel.get("title").textValue(),
                        target.get("expr").textValue(),
                        LEGEND_LABEL
                                .matcher(target.get("legendFormat").textValue())
                                .results()
                                .map(label -> label.group(1))
                                .toList()));
            }
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            Matcher query = VARIABLE_QUERY.matcher(variable.get("query").textValue());
            if (query.matches()) {
                queries.add(new Query(variable.get("name").textValue(), query.group(1), List.of(query.group(2))));
            }
        }
        for (Map<String, Object> rule : rules()) {
            queries.add(new Query(String.valueOf(rule.get("alert")), String.valueOf(rule.get("expr")), List.of()));
        }
        return queries;
    }
}
