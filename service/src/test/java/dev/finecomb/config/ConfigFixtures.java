package dev.finecomb.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The least configuration that binds, and short ways to vary it. */
final class ConfigFixtures {

    private ConfigFixtures() {}

    /** Every required setting and nothing else. */
    static Map<String, Object> least() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("finecomb.kafka.bootstrap-servers", "localhost:9092");
        settings.put("finecomb.kafka.job", "digits");
        settings.put("finecomb.model.uri", "/models/digits.pt");
        settings.put("finecomb.training.loss", "softmax-cross-entropy");
        settings.put("finecomb.training.learning-rate.base", "0.05");
        settings.put("finecomb.sparsity.removal-end", "300");
        settings.put("finecomb.checkpoint.directory", "/var/finecomb/checkpoints");
        settings.put("finecomb.export.directory", "/var/finecomb/export");
        return settings;
    }

    static Map<String, Object> leastWith(Map<String, ?> others) {
        Map<String, Object> settings = least();
        settings.putAll(others);
        return settings;
    }

    static ConfigSource file(Map<String, Object> values) {
        return new ConfigSource("application.yml", ConfigSource.Naming.PROPERTIES, values);
    }

    static ConfigSource environment(Map<String, Object> values) {
        return new ConfigSource("environment", ConfigSource.Naming.ENVIRONMENT, values);
    }

    static FinecombConfig bound(ConfigSource... sources) {
        return switch (new ConfigBinder().bind(List.of(sources))) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(List<ConfigProblem> problems) -> throw new AssertionError(problems.toString());
        };
    }

    static List<ConfigProblem> problems(ConfigSource... sources) {
        return switch (new ConfigBinder().bind(List.of(sources))) {
            case Binding.Bound(FinecombConfig config) -> throw new AssertionError("Bound: " + config);
            case Binding.Invalid(List<ConfigProblem> problems) -> problems;
        };
    }
}
