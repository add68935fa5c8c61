package dev.finecomb.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Every setting there is, read from the records below {@link FinecombConfig}, and the search for the one that a name
 * means.
 */
final class Schema {

    static final String ROOT = "finecomb";

    /**
     * A setting that was found.
     *
     * @param spec the setting
     * @param key the key below it if it is a map, else empty
     */
    record Match(SettingSpec spec, String key) {}

    private final List<SettingSpec> specs = new ArrayList<>();
    private final Map<String, SettingSpec> byRelaxedName = new LinkedHashMap<>();
    private final Map<String, SettingSpec> byEnvironmentName = new LinkedHashMap<>();

    Schema() {
        collect(FinecombConfig.class, ROOT, "");
        for (SettingSpec spec : specs) {
            byRelaxedName.put(relaxed(spec.name()), spec);
            byEnvironmentName.put(spec.environmentName(), spec);
        }
    }

    List<SettingSpec> specs() {
        return specs;
    }

    /** The name of a component below a record with the given name. */
    static String nameBelow(String name, RecordComponent component) {
        return component.isAnnotationPresent(Inline.class) ? name : name + "." + kebab(component.getName());
    }

    /** {@code removalEnd} as {@code removal-end}. */
    static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** The setting that a dotted name means, whatever its case, hyphens and underscores. */
    Optional<Match> byProperty(String written) {
        SettingSpec exact = byRelaxedName.get(relaxed(written));
        if (exact != null && !exact.isMap()) {
            return Optional.of(new Match(exact, ""));
        }
        return specs.stream()
                .filter(SettingSpec::isMap)
                .flatMap(map -> keyBelow(map, written).map(key -> new Match(map, key)).stream())
                .findFirst();
    }

    /** The setting that an environment variable means; below a map, underscores are dots. */
    Optional<Match> byVariable(String variable) {
        SettingSpec exact = byEnvironmentName.get(variable);
        if (exact != null && !exact.isMap()) {
            return Optional.of(new Match(exact, ""));
        }
        return specs.stream()
                .filter(spec -> spec.isMap() && variable.startsWith(spec.environmentName() + "_"))
                .map(spec -> new Match(
                        spec,
                        variable.substring(spec.environmentName().length() + 1)
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.')))
                .findFirst();
    }

    /** The name of the setting that somebody may have meant by an unknown name. */
    Optional<String> nearest(String written) {
        String unknown = relaxed(written);
        String lastWord = unknown.substring(unknown.lastIndexOf('.') + 1);
        Optional<String> sameLastWord = specs.stream()
                .map(SettingSpec::name)
                .filter(name -> relaxed(name).endsWith("." + lastWord))
                .min(Comparator.comparingInt(name -> distance(relaxed(name), unknown)));
        if (sameLastWord.isPresent()) {
            return sameLastWord;
        }
        return specs.stream()
                .map(SettingSpec::name)
                .min(Comparator.comparingInt(name -> distance(relaxed(name), unknown)))
                .filter(name -> distance(relaxed(name), unknown) <= Math.max(3, unknown.length() / 4));
    }

    private void collect(Class<?> type, String name, String section) {
        for (RecordComponent component : type.getRecordComponents()) {
            String below = nameBelow(name, component);
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null) {
                specs.add(new SettingSpec(below, component.getGenericType(), setting, section));
            } else if (component.getGenericType() instanceof ParameterizedType optional) {
                collect((Class<?>) optional.getActualTypeArguments()[0], below, below);
            } else {
                collect(component.getType(), below, section);
            }
        }
    }

    private static Optional<String> keyBelow(SettingSpec map, String written) {
        int words = map.name().split("\\.").length;
        String[] parts = written.split("\\.", words + 1);
        if (parts.length <= words) {
            return Optional.empty();
        }
        String key = parts[words];
        String head = written.substring(0, written.length() - key.length() - 1);
        return relaxed(head).equals(relaxed(map.name())) ? Optional.of(key) : Optional.empty();
    }

    private static String relaxed(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's distance: insertions, deletions and replacements between two texts. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
