package dev.finecomb.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Binds settings to {@link FinecombConfig}, strictly: an unknown name, a value that is none, a value out of range and
 * settings that contradict each other are all reported, and all at once.
 */
public final class ConfigBinder {

    private final Schema schema = new Schema();

    /** Binds the sources, the later ones over the earlier ones. */
    public Binding bind(List<ConfigSource> sources) {
        RawSettings raw = new RawSettings(schema, sources);
        List<ConfigProblem> problems = new ArrayList<>(raw.unknown());
        Values values = new Values(raw);
        for (SettingSpec spec : schema.specs()) {
            parse(spec, raw, values).ifPresent(problems::add);
        }
        DerivedDefaults.complete(values.parsed());
        problems.addAll(new CrossRules(values).check());
        if (problems.isEmpty()) {
            return new Binding.Bound((FinecombConfig) build(FinecombConfig.class, Schema.ROOT, values.parsed()));
        }
        problems.sort(Comparator.comparing(ConfigProblem::name));
        return new Binding.Invalid(problems);
    }

    private static Optional<ConfigProblem> parse(SettingSpec spec, RawSettings raw, Values values) {
        if (spec.isMap()) {
            Map<String, String> entries = new LinkedHashMap<>();
            raw.entries(spec.name()).forEach((key, entry) -> entries.put(key, String.valueOf(entry.value())));
            values.put(spec.name(), entries);
            return Optional.empty();
        }
        Optional<RawSettings.Raw> written = raw.find(spec.name());
        boolean leftOut = !spec.section().isEmpty() && !raw.anyBelow(spec.section());
        if (written.isEmpty() && spec.isRequired() && !leftOut) {
            values.fail(spec.name());
            return Optional.of(missing(spec));
        }
        Optional<Object> text = written.map(RawSettings.Raw::value)
                .or(() -> spec.hasDefault() && !leftOut
                        ? Optional.of(spec.setting().defaultValue())
                        : Optional.empty());
        Optional<Object> value = text.flatMap(found -> ValueParser.parse(spec, found));
        value.ifPresent(parsed -> values.put(spec.name(), parsed));
        if (text.isPresent() && value.isEmpty()) {
            values.fail(spec.name());
            return Optional.of(values.problem(spec.name(), ValueParser.expected(spec), remedy(spec)));
        }
        return Optional.empty();
    }

    private static ConfigProblem missing(SettingSpec spec) {
        String remedy =
                spec.setting().remedy().isEmpty() ? "set it" : spec.setting().remedy();
        return new ConfigProblem(
                spec.name(),
                "not set",
                ValueParser.expected(spec),
                remedy + ", in a configuration file or as " + spec.environmentName() + " in the environment");
    }

    private static String remedy(SettingSpec spec) {
        if (!spec.setting().remedy().isEmpty()) {
            return spec.setting().remedy();
        }
        return spec.hasDefault() && !spec.setting().defaultValue().isEmpty()
                ? "correct it, or leave it out for " + spec.setting().defaultValue()
                : "correct it, or leave it out";
    }

    private static Object build(Class<?> type, String name, Map<String, Object> values) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            arguments[i] = argument(components[i], Schema.nameBelow(name, components[i]), values);
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("Can't make " + type + " of values that were checked", impossible);
        }
    }

    private static Object argument(RecordComponent component, String name, Map<String, Object> values) {
        @Nullable Object value = values.get(name);
        Class<?> type = component.getType();
        if (component.isAnnotationPresent(Setting.class)) {
            return setting(type, name, value);
        }
        if (type == Optional.class) {
            Class<?> section = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
            boolean present = values.keySet().stream().anyMatch(key -> key.startsWith(name + "."));
            return present ? Optional.of(build(section, name, values)) : Optional.empty();
        }
        return build(type, name, values);
    }

    private static Object setting(Class<?> type, String name, @Nullable Object value) {
        if (type == Optional.class) {
            return Optional.ofNullable(value);
        }
        if (type == OptionalLong.class) {
            return value == null ? OptionalLong.empty() : OptionalLong.of((Long) value);
        }
        if (type == OptionalInt.class) {
            return value == null ? OptionalInt.empty() : OptionalInt.of((Integer) value);
        }
        if (type == OptionalDouble.class) {
            return value == null ? OptionalDouble.empty() : OptionalDouble.of((Double) value);
        }
        if (value == null) {
            throw new IllegalStateException("No value for " + name + " although nothing was reported");
        }
        return value;
    }
}
