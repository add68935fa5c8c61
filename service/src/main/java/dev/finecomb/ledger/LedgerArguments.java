package dev.finecomb.ledger;

import dev.finecomb.protocol.InvalidValueException;
import dev.finecomb.protocol.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line of the ledger.
 *
 * @param clientProperties properties of the Kafka clients
 * @param topics the job
 * @param delivery what the job promises
 * @param timeout how long the broker is waited for
 * @param json whether the report is wanted as JSON
 */
public record LedgerArguments(
        Map<String, Object> clientProperties, Topics topics, Delivery delivery, Duration timeout, boolean json) {
    /** How the command is used. */
    public static final String USAGE = """
            Usage: java -jar finecomb.jar ledger --bootstrap-servers HOST:PORT[,...] --job NAME [option ...]
              --prefix WORD          first word of the topics' names, finecomb by default
              --config FILE          properties of the Kafka clients, such as security settings
              --property KEY=VALUE   one such property; may be repeated, and wins over the file
              --delivery WORD        what the job promises: exactly-once, the default, or at-least-once
              --timeout TIME         how long to wait for the broker, 60s by default
              --json                 the report as one JSON object
            Example: java -jar finecomb.jar ledger --bootstrap-servers localhost:9092 --job digits""";

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m)");

    public LedgerArguments {
        clientProperties = Map.copyOf(clientProperties);
    }

    /** The command line can't be understood; the message says what was expected and shows the usage. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String what) {
            super(what + System.lineSeparator() + USAGE);
        }
    }

    /** Understands the arguments behind the word {@code ledger}. */
    public static LedgerArguments parse(List<String> arguments) throws UsageException {
        var given = new Given();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            given.take(rest.next(), rest);
        }
        return given.complete();
    }

    /** What was understood so far. */
    private static final class Given {
        private final Map<String, Object> fromFile = new HashMap<>();
        private final Map<String, Object> properties = new HashMap<>();
        private String prefix = Topics.DEFAULT_PREFIX;
        private String job = "";
        private Delivery delivery = Delivery.EXACTLY_ONCE;
        private Duration timeout = DEFAULT_TIMEOUT;
        private boolean json;

        void take(String name, Iterator<String> rest) throws UsageException {
            switch (name) {
                case "--json" -> json = true;
                case "--bootstrap-servers" -> properties.put("bootstrap.servers", value(name, rest));
                case "--job" -> job = value(name, rest);
                case "--prefix" -> prefix = value(name, rest);
                case "--delivery" -> delivery = delivery(value(name, rest));
                case "--timeout" -> timeout = time(value(name, rest));
                case "--property" -> property(value(name, rest));
                case "--config" -> load(value(name, rest));
                default -> throw new UsageException("\"" + name + "\" is no option of the ledger.");
            }
        }

        private static String value(String name, Iterator<String> rest) throws UsageException {
            if (!rest.hasNext()) {
                throw new UsageException(name + " needs a value behind it.");
            }
            return rest.next();
        }

        private static Delivery delivery(String word) throws UsageException {
            for (Delivery known : Delivery.values()) {
                if (known.word().equals(word)) {
                    return known;
                }
            }
            throw new UsageException("--delivery takes exactly-once or at-least-once, not \"" + word + "\".");
        }

        private static Duration time(String text) throws UsageException {
            Matcher matcher = TIME.matcher(text);
            if (!matcher.matches()) {
                throw new UsageException("--timeout takes a time such as 500ms, 60s or 5m, not \"" + text + "\".");
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }

        private void property(String pair) throws UsageException {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new UsageException("--property takes KEY=VALUE, such as security.protocol=SSL, not \""
                        + pair.substring(0, Math.max(equals, 0)) + "...\".");
            }
            properties.put(pair.substring(0, equals).strip(), pair.substring(equals + 1));
        }

        private void load(String file) throws UsageException {
            var loaded = new Properties();
            try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
                loaded.load(reader);
            } catch (IOException | IllegalArgumentException unreadable) {
                throw new UsageException("--config names a file of KEY=VALUE lines; \"" + file
                        + "\" can't be read as one: " + unreadable + ".");
            }
            loaded.stringPropertyNames().forEach(name -> fromFile.put(name, loaded.getProperty(name)));
        }

        LedgerArguments complete() throws UsageException {
            Map<String, Object> all = new HashMap<>(fromFile);
            all.putAll(properties);
            if (!all.containsKey("bootstrap.servers")) {
                throw new UsageException("--bootstrap-servers is missing.");
            }
            if (job.isEmpty()) {
                throw new UsageException("--job is missing.");
            }
            try {
                return new LedgerArguments(all, new Topics(prefix, job), delivery, timeout, json);
            } catch (InvalidValueException refused) {
                throw new UsageException("--" + refused.getMessage() + ".");
            }
        }
    }
}
