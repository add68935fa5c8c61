package dev.finecomb.cli;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The broker and the job that a command is about. */
final class BrokerOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            description = "Kafka brokers to start from; or bootstrap.servers in --config.")
    private String bootstrapServers = "";

    @Option(names = "--job", paramLabel = "NAME", required = true, description = "The job's name.")
    private String job = "";

    @Option(
            names = "--prefix",
            paramLabel = "WORD",
            defaultValue = Topics.DEFAULT_PREFIX,
            description = "First word of the topics' names, ${DEFAULT-VALUE} by default.")
    private String prefix = Topics.DEFAULT_PREFIX;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Properties of the Kafka clients, such as security settings.")
    private Path file = Path.of("");

    @Option(
            names = "--property",
            paramLabel = "KEY=VALUE",
            description = "One such property; may be repeated, and wins over the file.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "How long to wait for the broker, such as 500ms, 60s or 5m; ${DEFAULT-VALUE} by default.")
    private Duration timeout = Duration.ofSeconds(60);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** What every Kafka client is made with. */
    Map<String, Object> clientProperties() {
        Map<String, Object> all = new HashMap<>(fromFile());
        all.putAll(properties);
        if (!bootstrapServers.isEmpty()) {
            all.put("bootstrap.servers", bootstrapServers);
        }
        if (!all.containsKey("bootstrap.servers")) {
            throw wrong("--bootstrap-servers is missing: name the brokers, such as localhost:9092");
        }
        return Map.copyOf(all);
    }

    private Map<String, String> fromFile() {
        if (file.toString().isEmpty()) {
            return Map.of();
        }
        var loaded = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            loaded.load(reader);
        } catch (IOException | IllegalArgumentException unreadable) {
            throw wrong(
                    "--config names a file of KEY=VALUE lines; \"" + file + "\" can't be read as one: " + unreadable);
        }
        Map<String, String> all = new HashMap<>();
        loaded.stringPropertyNames().forEach(name -> all.put(name, loaded.getProperty(name)));
        return all;
    }

    Topics topics() {
        try {
            return new Topics(prefix, job);
        } catch (InvalidValueException refused) {
            throw wrong("--" + refused.getMessage());
        }
    }

    Duration timeout() {
        return timeout;
    }

    private ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }
}
