package dev.finecomb.bench;

import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.protocol.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A job of the service.
 *
 * @param settings names without {@code finecomb.}
 */
record Job(Path directory, Map<String, Object> settings) {
    Job {
        settings = Map.copyOf(settings);
    }

    /**
     * A job with the settings that every one needs, and these over them; removal lasts so long that none falls into a
     * measurement.
     */
    static Job of(String bootstrapServers, String name, Path model, Path directory, Map<String, Object> settings) {
        Map<String, Object> all = new TreeMap<>();
        all.put("kafka.bootstrap-servers", bootstrapServers);
        all.put("kafka.job", name);
        all.put("kafka.create-topics", true);
        all.put("model.uri", model.toAbsolutePath().toString());
        all.put("model.device", "cpu");
        all.put("model.classes", 10);
        all.put("training.loss", "softmax-cross-entropy");
        all.put("training.optimizer.kind", "sgd");
        all.put("training.optimizer.momentum", 0.9);
        all.put("training.learning-rate.base", 0.001);
        all.put("sparsity.pattern", "2:4");
        all.put("sparsity.removal-end", 100_000_000);
        Path own = directory.resolve(name).toAbsolutePath();
        all.put("checkpoint.directory", own.resolve("checkpoints").toString());
        all.put("export.directory", own.resolve("export").toString());
        all.putAll(settings);
        return new Job(own, all);
    }

    Topics topics() {
        return new Topics(Topics.DEFAULT_PREFIX, setting("kafka.job"));
    }

    String bootstrapServers() {
        return setting("kafka.bootstrap-servers");
    }

    /** The text of a setting that {@link #of} made or was given. */
    String setting(String name) {
        return Objects.requireNonNull(settings.get(name), name).toString();
    }

    /** Writes the settings to a file that the service and {@link #configuration} read. */
    Path write() throws IOException {
        Files.createDirectories(directory);
        Properties properties = new Properties();
        settings.forEach((name, value) -> properties.setProperty("finecomb." + name, value.toString()));
        Path file = directory.resolve("finecomb.properties");
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return file;
    }

    /** The configuration that the service makes of the file. */
    static FinecombConfig configuration(Path file) throws IOException {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        Map<String, Object> values = properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
        var source = new ConfigSource(file.toString(), ConfigSource.Naming.PROPERTIES, values);
        return switch (new ConfigBinder().bind(List.of(source))) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(var problems) -> throw new IllegalArgumentException(problems.toString());
        };
    }
}
