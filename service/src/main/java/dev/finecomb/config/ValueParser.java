package dev.finecomb.config;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns what was written into the value of a setting, or into nothing if it is none. */
final class ValueParser {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB)?");
    private static final Pattern SIMPLE_DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

    private ValueParser() {}

    /** The value of a setting, of its {@link SettingSpec#valueType()} or a list of those; empty if the text is none. */
    static Optional<Object> parse(SettingSpec spec, Object raw) {
        if (!spec.isList()) {
            return parseOne(spec, raw);
        }
        List<Object> values = new ArrayList<>();
        for (Object element : elements(raw)) {
            Optional<Object> value = parseOne(spec, element);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(List.copyOf(values));
    }

    /** What {@link #parse} accepts, in words. */
    static String expected(SettingSpec spec) {
        String one = expectedOne(spec);
        return spec.isList() ? "a list, each element " + one : one;
    }

    /** An enum constant as configurations write it: {@code MEAN_SQUARED_ERROR} is {@code mean-squared-error}. */
    static String wireName(Object constant) {
        return Schema.kebab(((Enum<?>) constant).name()).replace('_', '-');
    }

    private static List<?> elements(Object raw) {
        if (raw instanceof List<?> list) {
            return list;
        }
        return Arrays.stream(raw.toString().split(","))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static Optional<Object> parseOne(SettingSpec spec, Object raw) {
        if (raw instanceof List<?>) {
            return Optional.empty();
        }
        Class<?> type = spec.valueType();
        String text = raw.toString().strip();
        if (type == String.class) {
            return Optional.<Object>of(unmangled(spec, raw, text)).filter(value -> matches(spec, value.toString()));
        }
        if (type == boolean.class) {
            return text.equals("true") || text.equals("false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
        }
        if (type == URI.class) {
            return uri(text);
        }
        if (type == Path.class) {
            return path(text).map(value -> value);
        }
        if (type == Place.class) {
            return Place.of(text).map(value -> value);
        }
        if (type == Duration.class) {
            return duration(text)
                    .filter(value -> inRange(spec.setting(), value.toMillis() / 1000.0))
                    .map(value -> value);
        }
        return type.isEnum() ? constant(type, text) : number(spec, type, text);
    }

    /** YAML reads an unquoted {@code 2:4} as a number of base sixty, 124: it is written back as what stood there. */
    private static String unmangled(SettingSpec spec, Object raw, String text) {
        boolean sexagesimal = raw instanceof Integer number && number >= 60 && matches(spec, "2:4");
        return sexagesimal && !matches(spec, text) ? (Integer) raw / 60 + ":" + (Integer) raw % 60 : text;
    }

    private static boolean matches(SettingSpec spec, String text) {
        String pattern = spec.setting().pattern();
        return pattern.isEmpty() ? !text.isEmpty() : text.matches(pattern);
    }

    private static Optional<Object> constant(Class<?> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> wireName(constant).equals(text))
                .findFirst()
                .map(constant -> constant);
    }

    private static Optional<Object> uri(String text) {
        try {
            if (text.startsWith(Place.S3)) {
                return Place.of(text).filter(place -> isKey(place, text)).map(_ -> URI.create(text));
            }
            if (text.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
                URI uri = URI.create(text);
                return "file".equals(uri.getScheme()) ? Optional.of(Path.of(uri).toUri()) : Optional.empty();
            }
            return path(text).map(path -> path.toAbsolutePath().normalize().toUri());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean isKey(Place place, String text) {
        return place instanceof Place.Bucket bucket && !bucket.prefix().isEmpty() && !text.endsWith("/");
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> duration(String text) {
        Matcher simple = SIMPLE_DURATION.matcher(text);
        try {
            if (!simple.matches()) {
                return text.startsWith("P") ? Optional.of(Duration.parse(text)) : Optional.empty();
            }
            String unit = simple.group(2);
            String iso = switch (unit) {
                case "ms" -> "PT" + BigDecimal.valueOf(Long.parseLong(simple.group(1)), 3) + "S";
                case "d" -> "P" + simple.group(1) + "D";
                default -> "PT" + simple.group(1) + unit;
            };
            return Optional.of(Duration.parse(iso));
        } catch (java.time.DateTimeException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<Object> number(SettingSpec spec, Class<?> type, String text) {
        try {
            if (type == double.class || type == Double.class) {
                double value = new BigDecimal(text).doubleValue();
                return inRange(spec.setting(), value) ? Optional.of(value) : Optional.empty();
            }
            long value = spec.setting().bytes() ? size(text) : new BigDecimal(text).longValueExact();
            if (!inRange(spec.setting(), (double) value)) {
                return Optional.empty();
            }
            return Optional.of(type == int.class ? (Object) Math.toIntExact(value) : (Object) value);
        } catch (NumberFormatException | ArithmeticException malformed) {
            return Optional.empty();
        }
    }

    private static long size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new NumberFormatException(text);
        }
        String unit = size.group(2);
        int exponent = unit == null ? 0 : List.of("B", "KiB", "MiB", "GiB").indexOf(unit);
        return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * exponent));
    }

    private static boolean inRange(Setting setting, double value) {
        boolean low = setting.aboveMin() ? value > setting.min() : value >= setting.min();
        boolean high = setting.belowMax() ? value < setting.max() : value <= setting.max();
        return low && high && Double.isFinite(value);
    }

    private static String expectedOne(SettingSpec spec) {
        Class<?> type = spec.valueType();
        Setting setting = spec.setting();
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(ValueParser::wireName)
                    .collect(Collectors.joining(", ", "one of ", ""));
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return setting.pattern().isEmpty()
                    ? "a text that is not empty"
                    : "a text that matches " + setting.pattern();
        }
        if (type == URI.class) {
            return "a path, a file: URI or s3://bucket/key";
        }
        if (type == Path.class) {
            return "a path";
        }
        if (type == Place.class) {
            return "a path or s3://bucket/prefix";
        }
        if (type == Duration.class) {
            return "a duration with its unit, such as 500ms, 10s, 5m or 1h" + range(setting, "s");
        }
        if (setting.bytes()) {
            return "a number of bytes such as 65536, 64KiB, 8MiB or 1GiB" + range(setting, "");
        }
        return (List.of(int.class, long.class, Long.class).contains(type) ? "a whole number" : "a number")
                + range(setting, "");
    }

    private static String range(Setting setting, String unit) {
        List<String> bounds = new ArrayList<>();
        if (Double.isFinite(setting.min())) {
            bounds.add((setting.aboveMin() ? "above " : "at least ") + plain(setting.min()) + unit);
        }
        if (Double.isFinite(setting.max())) {
            bounds.add((setting.belowMax() ? "below " : "at most ") + plain(setting.max()) + unit);
        }
        return bounds.isEmpty() ? "" : ", " + String.join(" and ", bounds);
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }
}
