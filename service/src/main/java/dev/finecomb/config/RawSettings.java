package dev.finecomb.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** All sources laid over each other: for each setting the value that wins, and the names that mean no setting. */
final class RawSettings {

    private static final Pattern INDEXED = Pattern.compile("(.*)\\[(\\d{1,4})]");

    /**
     * Variables that Kubernetes sets for a service named {@code finecomb} or {@code finecomb-...}: nobody wrote them as
     * settings.
     */
    private static final Pattern KUBERNETES = Pattern.compile(
            "FINECOMB(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    /**
     * A value as it was written.
     *
     * @param value a text, number, boolean or list
     * @param origin where it stands
     */
    record Raw(Object value, String origin) {}

    private final Schema schema;
    private final Map<String, Raw> values = new LinkedHashMap<>();
    private final Map<String, Map<String, Raw>> maps = new LinkedHashMap<>();
    private final List<ConfigProblem> unknown = new ArrayList<>();

    /** Reads the sources, the later ones over the earlier ones. */
    RawSettings(Schema schema, List<ConfigSource> sources) {
        this.schema = schema;
        for (ConfigSource source : sources) {
            switch (source.naming()) {
                case PROPERTIES -> readProperties(source);
                case ENVIRONMENT -> readEnvironment(source);
            }
        }
    }

    Optional<Raw> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The entries of a map setting, by key. */
    Map<String, Raw> entries(String name) {
        return maps.getOrDefault(name, Map.of());
    }

    boolean anyBelow(String section) {
        return values.keySet().stream().anyMatch(name -> name.startsWith(section + "."));
    }

    List<ConfigProblem> unknown() {
        return unknown;
    }

    private void readProperties(ConfigSource source) {
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", source.values(), flat);
        Map<String, TreeMap<Integer, Object>> indexed = new LinkedHashMap<>();
        flat.forEach((name, value) -> {
            if (!name.startsWith(Schema.ROOT + ".")) {
                return;
            }
            Matcher index = INDEXED.matcher(name);
            if (index.matches()) {
                indexed.computeIfAbsent(index.group(1), key -> new TreeMap<>())
                        .put(Integer.valueOf(index.group(2)), value);
            } else {
                accept(name, schema.byProperty(name), value, source.origin());
            }
        });
        indexed.forEach((name, elements) ->
                accept(name, schema.byProperty(name), List.copyOf(elements.values()), source.origin()));
    }

    private void readEnvironment(ConfigSource source) {
        source.values().forEach((name, value) -> {
            if (name.startsWith("FINECOMB_") && !KUBERNETES.matcher(name).matches()) {
                accept(name, schema.byVariable(name), value, source.origin());
            }
        });
    }

    private void accept(String written, Optional<Schema.Match> match, @Nullable Object value, String origin) {
        if (match.isEmpty()) {
            unknown.add(unknownKey(written, String.valueOf(value), origin));
        } else if (value != null) {
            SettingSpec spec = match.get().spec();
            Raw raw = new Raw(value, origin);
            if (spec.isMap()) {
                maps.computeIfAbsent(spec.name(), name -> new TreeMap<>())
                        .put(match.get().key(), raw);
            } else {
                values.put(spec.name(), raw);
            }
        }
    }

    private ConfigProblem unknownKey(String written, String value, String origin) {
        String dotted = written.startsWith("FINECOMB_") ? written.replaceFirst("_", ".") : written;
        String remedy = schema.nearest(dotted)
                .map(name -> "write " + name + " if you meant that, else remove it")
                .orElse("remove it");
        return new ConfigProblem(
                written,
                "found \"" + Secrets.shown(written, value) + "\" (" + origin + ")",
                "one of the known settings, and this is none",
                remedy);
    }

    private static void flatten(String prefix, Map<?, ?> tree, Map<String, Object> flat) {
        tree.forEach((key, value) -> {
            String name = prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key;
            if (value instanceof Map<?, ?> below) {
                flatten(name, below, flat);
            } else if (value != null) {
                flat.put(name, value);
            }
        });
    }
}
