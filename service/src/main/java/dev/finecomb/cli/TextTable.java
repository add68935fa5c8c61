package dev.finecomb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of words in columns, each as wide as its widest word; numbers stand at the right of theirs. */
final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with this head. */
    TextTable(String... head) {
        rows.add(List.of(head));
    }

    /** Adds a row of as many words as the head has. */
    void add(String... words) {
        if (words.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(words.length + " words for a head of " + rows.getFirst());
        }
        rows.add(List.of(words));
    }

    /** One line a row, without a line break at the end. */
    @Override
    public String toString() {
        return rows.stream().map(this::line).collect(Collectors.joining(System.lineSeparator()));
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String word = row.get(column);
            String padding = " ".repeat(width(column) - word.length());
            line.append(isNumeric(column) ? padding + word : word + padding).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean isNumeric(int column) {
        return rows.size() > 1
                && rows.stream()
                        .skip(1)
                        .map(row -> row.get(column))
                        .allMatch(word -> word.matches("[0-9.]+( [A-Za-z]+)?"));
    }
}
