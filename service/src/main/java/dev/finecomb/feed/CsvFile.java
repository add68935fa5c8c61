package dev.finecomb.feed;

import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.SafetensorsFile.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A CSV file of numbers, one sample a line, in UTF-8: values apart by commas, in quotation marks or not. A first line
 * without any number names the columns; a byte order mark before it is skipped. The labels are whole numbers, I64, if all of them are written so, else F32; the inputs are
 * F32. The file is held in memory, 4 bytes a number.
 */
public final class CsvFile {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

    private final Path file;
    private final CsvForm form;
    private final Numbers inputs = new Numbers();
    private final Numbers labels = new Numbers();
    private List<String> names = List.of();
    private int columns;
    private int labelColumn;
    private long samples;
    private boolean wholeLabels = true;

    private CsvFile(Path file, CsvForm form) {
        this.file = file;
        this.form = form;
    }

    /** Reads the whole file. */
    public static Samples read(Path file, CsvForm form) throws IOException, UnreadableFileException {
        return new CsvFile(file, form).read();
    }

    private Samples read() throws IOException, UnreadableFileException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (number == 1 && line.startsWith(BYTE_ORDER_MARK)) {
                    line = line.substring(BYTE_ORDER_MARK.length());
                }
                if (line.isBlank()) {
                    continue;
                }
                String[] values = values(line, number);
                if (columns == 0) {
                    begin(values, number);
                    if (!names.isEmpty()) {
                        continue;
                    }
                }
                take(values, number);
            }
        } catch (CharacterCodingException e) {
            throw new UnreadableFileException(file, "it is not UTF-8", e);
        }
        if (samples == 0) {
            throw new UnreadableFileException(file, "it holds no samples; one line of numbers each is expected");
        }
        return Samples.of(file, List.of(inputs(), labels()));
    }

    private void begin(String[] values, long line) throws UnreadableFileException {
        columns = values.length;
        if (columns < 2) {
            throw new UnreadableFileException(
                    file,
                    "line " + line + " has one column; inputs and a label, apart by commas, are expected: 0.5,0.25,3");
        }
        long numbers = Arrays.stream(values).filter(CsvFile::isNumber).count();
        if (numbers > 0) {
            requireNumbers(values, line);
        } else {
            names = List.of(values);
        }
        labelColumn = labelColumn();
        if (!form.sampleShape().isEmpty()
                && form.sampleShape().stream().reduce(1L, Math::multiplyExact) != columns - 1) {
            throw new UnreadableFileException(
                    file,
                    "a sample of shape " + form.sampleShape() + " takes another number of values than the "
                            + (columns - 1) + " columns beside the label");
        }
    }

    private int labelColumn() throws UnreadableFileException {
        String label = form.label();
        if (label.isEmpty()) {
            return columns - 1;
        }
        if (names.contains(label)) {
            return names.indexOf(label);
        }
        if (WHOLE.matcher(label).matches() && Long.parseLong(label) >= 1 && Long.parseLong(label) <= columns) {
            return (int) Long.parseLong(label) - 1;
        }
        throw new UnreadableFileException(
                file,
                "it has no label column \"" + label + "\"; "
                        + (names.isEmpty() ? "" : "one of " + shown(names) + ", or ") + "a number from 1 to " + columns
                        + " is expected");
    }

    private static List<String> shown(List<String> all) {
        return all.size() <= 8 ? all : all.subList(all.size() - 8, all.size());
    }

    private void take(String[] values, long line) throws UnreadableFileException {
        if (values.length != columns) {
            throw new UnreadableFileException(
                    file, "line " + line + " has " + values.length + " values, those before it " + columns);
        }
        requireNumbers(values, line);
        for (int column = 0; column < columns; column++) {
            String value = values[column];
            if (column == labelColumn) {
                label(value);
            } else {
                inputs.addFloat(decimal(value), file);
            }
        }
        samples++;
    }

    private void requireNumbers(String[] values, long line) throws UnreadableFileException {
        for (int column = 0; column < columns; column++) {
            if (!isNumber(values[column])) {
                String name = names.isEmpty() ? "" : " (" + names.get(column) + ")";
                throw new UnreadableFileException(
                        file,
                        "line " + line + " column " + (column + 1) + name + " holds \"" + values[column]
                                + "\"; a number such as 0.5 is expected"
                                + (samples == 0 && names.isEmpty()
                                        ? ", or a first line of names without numbers"
                                        : ""));
            }
        }
    }

    private static boolean isNumber(String value) {
        return NUMBER.matcher(value).matches();
    }

    private void label(String value) throws UnreadableFileException {
        if (wholeLabels && !WHOLE.matcher(value).matches()) {
            wholeLabels = false;
            labels.turnToFloats();
        }
        if (wholeLabels) {
            labels.addLong(Long.parseLong(value), file);
        } else {
            labels.addFloat(decimal(value), file);
        }
    }

    private static float decimal(String value) {
        String lower = value.toLowerCase(java.util.Locale.ROOT);
        if (lower.endsWith("nan")) {
            return Float.NaN;
        }
        if (lower.contains("inf")) {
            return lower.startsWith("-") ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        }
        return Float.parseFloat(value);
    }

    private String[] values(String line, long number) throws UnreadableFileException {
        String[] values = line.split(",", -1);
        for (int i = 0; i < values.length; i++) {
            String value = values[i].strip();
            if (value.startsWith("\"")) {
                if (value.length() < 2 || !value.endsWith("\"")) {
                    throw new UnreadableFileException(
                            file, "line " + number + " holds a comma or an open quotation mark within a value");
                }
                value = value.substring(1, value.length() - 1);
            }
            values[i] = value;
        }
        return values;
    }

    private Entry inputs() {
        List<Long> shape = new ArrayList<>(List.of(samples));
        shape.addAll(form.sampleShape().isEmpty() ? List.of(columns - 1L) : form.sampleShape());
        return new Entry(form.inputName(), DType.F32, shape, inputs.bytes());
    }

    private Entry labels() {
        return new Entry(form.labelName(), wholeLabels ? DType.I64 : DType.F32, List.of(samples), labels.bytes());
    }
}
