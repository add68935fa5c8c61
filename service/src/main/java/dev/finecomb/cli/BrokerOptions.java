package dev.finecomb.cli;

import dev.finecomb.config.ClientPropertiesFile;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.ClientProperties;
import dev.finecomb.security.ClientPropertiesException;
import dev.finecomb.security.JobRights;
import dev.finecomb.security.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The broker and the job that a command is about: named one by one, or taken from the service's own settings. */
final class BrokerOptions {
    private static final String SERVERS = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
    /** How Kafka says that addresses are well formed, and that no name in them is known now. */
    private static final String UNRESOLVED = "No resolvable bootstrap urls";

    private static final int REQUEST_MILLIS = 10_000;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            description = "Kafka brokers to start from; or bootstrap.servers in --config.")
    private String bootstrapServers = "";

    @Option(names = "--job", paramLabel = "NAME", description = "The job's name.")
    private String job = "";

    @Option(
            names = "--prefix",
            paramLabel = "WORD",
            description = "First word of the topics' names, " + Topics.DEFAULT_PREFIX + " by default.")
    private String prefix = "";

    @Option(
            names = "--config-file",
            paramLabel = "FILE",
            description = "The service's own settings, such as job.yml: they count where these options say nothing.")
    private Path settingsFile = Path.of("");

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

    private Optional<FinecombConfig> read = Optional.empty();

    /** The service's own settings, if a file of them was named. */
    Optional<FinecombConfig> settings() throws CommandFailure {
        if (read.isEmpty() && !settingsFile.toString().isEmpty()) {
            var finecomb = (Finecomb) command.root().userObject();
            read = Optional.of(finecomb.settings(settingsFile));
        }
        return read;
    }

    /** What every Kafka client is made with. */
    Map<String, Object> clientProperties() throws CommandFailure {
        Map<String, Object> all = new HashMap<>(givenProperties());
        if (!all.containsKey(SERVERS)) {
            throw wrong("--bootstrap-servers is missing: name the brokers, such as localhost:9092");
        }
        return Map.copyOf(all);
    }

    /** The same for a client that gives up after the timeout. */
    Map<String, Object> patientProperties() throws CommandFailure {
        Map<String, Object> all = new HashMap<>(clientProperties());
        int millis = Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
        all.put("default.api.timeout.ms", millis);
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Math.min(millis, REQUEST_MILLIS));
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, topics().owner() + "-commands");
        return all;
    }

    private Map<String, String> givenProperties() throws CommandFailure {
        Map<String, String> all = new HashMap<>();
        try {
            settings().map(FinecombConfig::kafka).ifPresent(kafka -> {
                all.putAll(ClientProperties.configured(kafka));
                all.put(SERVERS, kafka.bootstrapServers());
            });
            all.putAll(fromFile());
            all.putAll(properties);
            if (!bootstrapServers.isEmpty()) {
                all.put(SERVERS, bootstrapServers);
            }
            return ClientProperties.completed(all);
        } catch (ClientPropertiesException unusable) {
            throw new CommandFailure(ExitCode.CONFIGURATION, unusable.getMessage(), unusable);
        }
    }

    private Map<String, String> fromFile() {
        if (file.toString().isEmpty()) {
            return Map.of();
        }
        try {
            return ClientPropertiesFile.read(file);
        } catch (IOException unreadable) {
            throw wrong("--config names a file of KEY=VALUE lines; \"" + file + "\" can't be read as one: "
                    + unreadable.getMessage());
        }
    }

    /** The addresses that the command was told; empty if none. */
    Optional<String> servers() throws CommandFailure {
        return Optional.ofNullable(givenProperties().get(SERVERS));
    }

    Topics topics() throws CommandFailure {
        Optional<KafkaConfig> configured = settings().map(FinecombConfig::kafka);
        String name = given(job, configured.map(KafkaConfig::job), "");
        if (name.isEmpty()) {
            throw wrong("--job is missing: name the job, such as reviews");
        }
        try {
            return new Topics(given(prefix, configured.map(KafkaConfig::prefix), Topics.DEFAULT_PREFIX), name);
        } catch (InvalidValueException refused) {
            throw wrong("--" + refused.getMessage());
        }
    }

    /** The same as the service is told it, for what the service itself can be asked. */
    KafkaConfig kafka() throws CommandFailure {
        Map<String, String> all = givenProperties();
        String servers = String.valueOf(clientProperties().get(SERVERS));
        all.remove(SERVERS);
        Optional<KafkaConfig> configured = settings().map(FinecombConfig::kafka);
        Topics topics = topics();
        return new KafkaConfig(
                servers,
                new KafkaConfig.Names(topics.prefix(), topics.job(), false),
                KafkaConfig.StartOffset.EARLIEST,
                new KafkaConfig.Timeouts(
                        configured.map(KafkaConfig::transactionTimeout).orElse(Duration.ofSeconds(60)), timeout),
                configured.map(KafkaConfig::delivery).orElse(KafkaConfig.Delivery.EXACTLY_ONCE),
                KafkaConfig.Clients.of(all));
    }

    Duration timeout() {
        return timeout;
    }

    /** What a Kafka client's failure means to whoever gave a command that reads what the job left. */
    CommandFailure failure(Throwable failure) throws CommandFailure {
        return failure(failure, Role.AUDITOR);
    }

    /** The same; a right that is missing is named as one of the role's. */
    CommandFailure failure(Throwable failure, Role role) throws CommandFailure {
        Throwable told =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        Throwable root = told;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Object servers = clientProperties().get(SERVERS);
        boolean unresolved = root instanceof ConfigException
                && String.valueOf(root.getMessage()).contains(UNRESOLVED);
        if (root instanceof UnknownTopicOrPartitionException) {
            return new CommandFailure(
                    ExitCode.RETRY,
                    "The broker at " + servers
                            + " has no such topic: check --job and --prefix, or start the job first.",
                    failure);
        }
        if (told instanceof RetriableException || unresolved) {
            return new CommandFailure(
                    ExitCode.RETRY,
                    "No answer from " + servers + ": " + root.getMessage()
                            + ". Check the address and that the broker is up, then try again.",
                    failure);
        }
        if (told instanceof KafkaException) {
            Optional<String> missing = new JobRights(kafka(), role).explain(failure, AclOperation.READ);
            return new CommandFailure(
                    ExitCode.CONFIGURATION,
                    missing.orElse("The broker at " + servers + " refuses: " + root
                            + ". Check the client properties and the user's rights."),
                    failure);
        }
        throw new IllegalStateException("A Kafka client failed in an unknown way", failure);
    }

    /** The complaint that an argument is wrong. */
    ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }

    private static String given(String option, Optional<String> configured, String otherwise) {
        return option.isEmpty() ? configured.orElse(otherwise) : option;
    }
}
