package dev.finecomb.bench;

import dev.finecomb.protocol.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The rows so far, as a file and as a table. */
final class Results {
    private final Machine machine;
    private final List<Row> rows = new ArrayList<>();

    Results(Machine machine) {
        this.machine = machine;
    }

    void add(List<Row> more) {
        rows.addAll(more);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Replaces the file as a whole, so that an interrupted run leaves what it had. */
    void write(Path file) throws IOException {
        byte[] json = JsonWriter.object(out -> out.object("machine", this::machine)
                .objects(
                        "rows",
                        rows,
                        (row, each) -> row.text("id", each.id())
                                .real("value", each.value())
                                .text("unit", each.unit())
                                .text("baseline", each.baseline())));
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        Files.write(unfinished, json);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void machine(JsonWriter out) {
        out.text("cpu", machine.cpu())
                .whole("cores", machine.cores())
                .whole("memoryBytes", machine.memoryBytes())
                .text("os", machine.os())
                .text("jdk", machine.jdk())
                .text("libtorch", machine.libtorch())
                .text("device", machine.device())
                .text("idleThreads", machine.idleThreads())
                .text("date", machine.date().toString());
    }

    /** One aligned line a row. */
    String table() {
        int id = width(rows.stream().map(Row::id).toList());
        int value = width(rows.stream().map(Results::value).toList());
        int unit = width(rows.stream().map(Row::unit).toList());
        String form = "%-" + id + "s  %" + value + "s  %-" + unit + "s  %s";
        return rows.stream()
                .map(row -> form.formatted(row.id(), value(row), row.unit(), row.baseline()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String value(Row row) {
        double size = Math.abs(row.value());
        String form = size >= 1000 ? "%.0f" : size >= 10 ? "%.2f" : "%.4f";
        return String.format(Locale.ROOT, form, row.value());
    }

    private static int width(List<String> texts) {
        return Math.max(1, texts.stream().mapToInt(String::length).max().orElse(1));
    }
}
