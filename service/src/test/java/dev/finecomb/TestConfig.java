package dev.finecomb;

import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.config.FinecombConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Configurations for tests, bound as in production. Names are relative to {@code finecomb}. */
public final class TestConfig {
    private TestConfig() {}

    /** The required settings and a few that keep tests alike everywhere. */
    public static Map<String, Object> minimal(Path model, Path directory) {
        Map<String, Object> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", "127.0.0.1:9092");
        settings.put("kafka.job", "test");
        settings.put("model.uri", model.toAbsolutePath().toString());
        settings.put("model.device", "cpu");
        settings.put("training.loss", "softmax-cross-entropy");
        settings.put("training.learning-rate.base", 0.1);
        settings.put("sparsity.removal-end", 40);
        settings.put(
                "checkpoint.directory",
                directory.resolve("checkpoints").toAbsolutePath().toString());
        settings.put(
                "export.directory", directory.resolve("export").toAbsolutePath().toString());
        return settings;
    }

    /** Binds the settings. */
    public static FinecombConfig of(Map<String, Object> settings) {
        Map<String, Object> named = settings.entrySet().stream()
                .collect(Collectors.toMap(entry -> "finecomb." + entry.getKey(), Map.Entry::getValue));
        return switch (new ConfigBinder()
                .bind(List.of(new ConfigSource("test", ConfigSource.Naming.PROPERTIES, named)))) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(var problems) -> throw new IllegalArgumentException(problems.toString());
        };
    }
}
