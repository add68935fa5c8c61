package dev.finecomb.config;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A configuration as it takes effect, defaults included, as sorted names and texts. */
public final class EffectiveSettings {

    private EffectiveSettings() {}

    /** Every setting that has a value, by its full name, without the values of secrets. */
    public static Map<String, String> describe(FinecombConfig config) {
        Map<String, String> shown = texts(config, setting -> true);
        shown.replaceAll(Secrets::shown);
        return shown;
    }

    /** The settings of a record that are chosen, secrets in clear text. */
    static Map<String, String> texts(Record config, Predicate<Setting> chosen) {
        Map<String, String> texts = new TreeMap<>();
        collect(config, Schema.ROOT, chosen, texts);
        return texts;
    }

    private static void collect(Record values, String name, Predicate<Setting> chosen, Map<String, String> texts) {
        for (RecordComponent component : values.getClass().getRecordComponents()) {
            Optional<?> value = present(read(values, component));
            if (value.isEmpty()) {
                continue;
            }
            String below = Schema.nameBelow(name, component);
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null) {
                if (chosen.test(setting)) {
                    put(below, value.get(), texts);
                }
            } else if (value.get() instanceof Record section) {
                collect(section, below, chosen, texts);
            }
        }
    }

    private static void put(String name, Object value, Map<String, String> texts) {
        switch (value) {
            case Map<?, ?> map -> map.forEach((key, entry) -> texts.put(name + "." + key, String.valueOf(entry)));
            case List<?> list ->
                texts.put(name, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
            case Enum<?> constant -> texts.put(name, ValueParser.wireName(constant));
            default -> texts.put(name, value.toString());
        }
    }

    private static Optional<?> present(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional;
            case OptionalLong optional -> optional.isPresent() ? Optional.of(optional.getAsLong()) : Optional.empty();
            case OptionalInt optional -> optional.isPresent() ? Optional.of(optional.getAsInt()) : Optional.empty();
            case OptionalDouble optional ->
                optional.isPresent() ? Optional.of(optional.getAsDouble()) : Optional.empty();
            default -> Optional.of(value);
        };
    }

    private static Object read(Record values, RecordComponent component) {
        try {
            return component.getAccessor().invoke(values);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Can't read " + component, impossible);
        }
    }
}
