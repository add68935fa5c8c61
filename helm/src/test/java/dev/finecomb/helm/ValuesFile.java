package dev.finecomb.helm;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The chart's {@code values.yaml} with its comments, which are its documentation. */
record ValuesFile(List<Value> values) {
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9_./-]+):(?: (.*))?");

    /**
     * One key.
     *
     * @param path its keys from the top, joined by dots
     * @param initial its value as it stands in the file; empty for a key that only holds others
     * @param comment what stands above it; empty if nothing does
     */
    record Value(String path, String initial, String comment) {}

    static ValuesFile read() throws IOException {
        return parse(Files.readAllLines(Chart.DIRECTORY.resolve("values.yaml")));
    }

    /** Comments belong to the key below them, unless an empty line is between. */
    static ValuesFile parse(List<String> lines) {
        List<Value> values = new ArrayList<>();
        List<String> path = new ArrayList<>();
        List<String> comment = new ArrayList<>();
        for (String line : lines) {
            if (line.isBlank()) {
                comment.clear();
            } else if (line.strip().startsWith("#")) {
                comment.add(line.strip().substring(1).strip());
            } else {
                Matcher key = KEY.matcher(line);
                if (!key.matches()) {
                    throw new AssertionError("values.yaml: one key a line is expected, found \"" + line + "\"");
                }
                path.subList(key.group(1).length() / 2, path.size()).clear();
                path.add(key.group(2));
                String initial = key.group(3) == null ? "" : key.group(3);
                values.add(new Value(String.join(".", path), initial, String.join(" ", comment)));
                comment.clear();
            }
        }
        return new ValuesFile(values);
    }

    /** Where every key that holds a value, or that says something, has a row. */
    String table() {
        StringBuilder table = new StringBuilder("| key | what | default |\n| --- | --- | --- |\n");
        for (Value value : values) {
            if (!value.comment().isEmpty()) {
                table.append("| `")
                        .append(value.path())
                        .append("` | ")
                        .append(value.comment().replace("|", "\\|"));
                table.append(value.initial().isEmpty() ? " | |\n" : " | `" + value.initial() + "` |\n");
            }
        }
        return table.toString();
    }
}
