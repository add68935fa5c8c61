package dev.finecomb.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values that were parsed so far, and the names of those that could not be. */
final class Values {

    private final RawSettings raw;
    private final Map<String, Object> parsed = new LinkedHashMap<>();
    private final Set<String> failed = new HashSet<>();

    Values(RawSettings raw) {
        this.raw = raw;
    }

    void put(String name, Object value) {
        parsed.put(name, value);
    }

    void fail(String name) {
        failed.add(name);
    }

    Map<String, Object> parsed() {
        return parsed;
    }

    /** The value of a setting; empty if it is absent or was reported already. */
    <T> Optional<T> get(String name, Class<T> type) {
        return Optional.ofNullable(parsed.get(name)).map(type::cast);
    }

    /** Whether nothing at all was written for a setting that has no default. */
    boolean isAbsent(String name) {
        return !parsed.containsKey(name) && !failed.contains(name);
    }

    /** Whether anything was written for a setting of the section. */
    boolean isSectionWritten(String section) {
        return raw.anyBelow(section);
    }

    /** A problem with the setting as it was written, or with its default. */
    ConfigProblem problem(String name, String expected, String remedy) {
        String found = raw.find(name)
                .map(value ->
                        "found \"" + Secrets.shown(name, String.valueOf(value.value())) + "\" (" + value.origin() + ")")
                .orElseGet(() -> parsed.containsKey(name) ? "is " + parsed.get(name) + " by default" : "not set");
        return new ConfigProblem(name, found, expected, remedy);
    }
}
