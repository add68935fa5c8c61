package dev.finecomb.telemetry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The series of a page in Prometheus' text format, and what a query names that is not among them. */
public final class MetricsPage {
    private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)\\})? \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    /** Made by Prometheus itself at each scrape. */
    private static final String UP = "up";

    private final Map<String, List<Map<String, String>>> series = new HashMap<>();

    /** Reads a page; lines that are no series are passed over. */
    public MetricsPage(String page) {
        page.lines().filter(line -> !line.startsWith("#")).map(SERIES::matcher).forEach(line -> {
            if (line.matches()) {
                series.computeIfAbsent(line.group(1), _ -> new ArrayList<>())
                        .add(labels(line.group(2) == null ? "" : line.group(2)));
            }
        });
    }

    private static Map<String, String> labels(String braces) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(braces);
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return labels;
    }

    /** What a query names that the page has not: a metric, a label of it, a label's value. */
    public List<String> missing(String query) {
        List<String> missing = new ArrayList<>();
        for (PromQl.Selector selector : PromQl.selectors(query)) {
            List<Map<String, String>> found = series.getOrDefault(selector.metric(), List.of());
            if (found.isEmpty() && !selector.metric().equals(UP)) {
                missing.add(selector.metric());
            }
            if (!found.isEmpty()) {
                selector.labels().forEach((label, values) -> {
                    if (found.stream().noneMatch(one -> one.containsKey(label))) {
                        missing.add(selector.metric() + "{" + label + "}");
                    }
                    values.stream()
                            .filter(value -> found.stream().noneMatch(one -> value.equals(one.get(label))))
                            .forEach(value -> missing.add(selector.metric() + "{" + label + "=" + value + "}"));
                });
            }
        }
        return missing;
    }

    /** Whether any series that a query names has that label. */
    public boolean hasLabel(String query, String label) {
        return PromQl.selectors(query).stream()
                .flatMap(selector -> series.getOrDefault(selector.metric(), List.of()).stream())
                .anyMatch(labels -> labels.containsKey(label));
    }
}
