package dev.finecomb.app;

import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigProblem;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.config.FinecombConfig;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.exceptions.ConfigurationException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes the settings from where Micronaut found them (files, environment, system properties, command line, in that
 * order, the later over the earlier) to the binder. Source by source, so that a problem can say where the value stands.
 */
public final class ConfigurationLoader {

    private final Environment environment;

    public ConfigurationLoader(Environment environment) {
        this.environment = environment;
    }

    /** The bound configuration; a {@link StartupFailure} that lists every problem if there is any. */
    public FinecombConfig load() {
        List<ConfigSource> sources = environment.getPropertySources().stream()
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .map(this::source)
                .toList();
        return switch (new ConfigBinder().bind(sources)) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(List<ConfigProblem> problems) ->
                throw new StartupFailure(ExitCode.CONFIGURATION, message(problems));
        };
    }

    private static String message(List<ConfigProblem> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return Stream.concat(
                        Stream.of("The configuration has " + count + ":"),
                        problems.stream().map(problem -> "  " + problem.text()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private ConfigSource source(PropertySource source) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : source) {
            Object value = source.get(name);
            if (value != null) {
                values.put(name, isOurs(name) ? resolved(name, value) : value);
            }
        }
        ConfigSource.Naming naming = switch (source.getConvention()) {
            case ENVIRONMENT_VARIABLE -> ConfigSource.Naming.ENVIRONMENT;
            case JAVA_PROPERTIES -> ConfigSource.Naming.PROPERTIES;
        };
        return new ConfigSource(origin(source), naming, values);
    }

    private static boolean isOurs(String name) {
        return name.startsWith("finecomb.") || name.startsWith("FINECOMB_");
    }

    private Object resolved(String name, Object value) {
        if (!(value instanceof String text) || !text.contains("${")) {
            return value;
        }
        try {
            return environment.getPlaceholderResolver().resolveRequiredPlaceholders(text);
        } catch (ConfigurationException unresolved) {
            throw new StartupFailure(
                    ExitCode.CONFIGURATION,
                    StartupFailure.message(
                            String.valueOf(unresolved.getMessage()),
                            name,
                            "set what the placeholder names, or give it a default as ${NAME:default}"),
                    unresolved);
        }
    }

    private static String origin(PropertySource source) {
        return switch (source.getName()) {
            case "env" -> "environment";
            case "system" -> "system properties";
            case "cli" -> "command line";
            default -> source.getOrigin().location();
        };
    }
}
