package dev.finecomb.app;

import dev.finecomb.cli.CommandFailure;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.cli.Finecomb;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.control.CommandMailbox;
import dev.finecomb.model.EngineStart;
import dev.finecomb.status.Boards;
import dev.finecomb.telemetry.KafkaMeters;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.LoggerFactory;

/** The process: reads the configuration, starts the rooms in order, and ends with an {@link ExitCode}. */
public final class Application {

    /** Where the parts of a job come from. */
    @FunctionalInterface
    interface Parts {
        JobFactory factory(FinecombConfig config, InstantSource clock, KafkaMeters kafkaMeters);
    }

    private static final String LOG_FORMAT = "LOG_FORMAT";
    private static final String RUN = "run";
    private static final Set<String> HELP = Set.of("--help", "-h", "--version", "-V");

    private Application() {}

    public static void main(String[] arguments) {
        requireLogFormat();
        List<String> words = List.of(arguments);
        // No telemetry, nothing fetched at run time; the engine reads both before its first use.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        if (isCommand(words)) {
            command(words);
            return;
        }
        serve(withoutRun(words), JobFactory::new);
    }

    /** Runs the service and ends the process with its exit code; it does not end without one, whatever happens. */
    static void serve(String[] arguments, Parts parts) {
        StopSignal signal = StopSignal.listening();
        ExitCode code = ExitCode.RETRY;
        try {
            code = run(arguments, signal, parts);
        } catch (Throwable unforeseen) {
            // Errors too: nothing uncommitted survives, so another start is safe.
            LoggerFactory.getLogger(Application.class).error("the service ended unexpectedly", unforeseen);
        } finally {
            LoggerFactory.getLogger(Application.class).info("ends with exit code {}", code.code());
            signal.exit(code);
        }
    }

    /** By another name there would be no log, and nobody would say so. */
    private static void requireLogFormat() {
        String format = System.getProperty(LOG_FORMAT, System.getenv().getOrDefault(LOG_FORMAT, "text"));
        if (!format.equals("text") && !format.equals("json")) {
            System.err.println(
                    "LOG_FORMAT is \"" + format + "\"; expected text or json. Remedy: correct it, or unset it.");
            System.exit(ExitCode.CONFIGURATION.code());
        }
    }

    /** Options alone are the service's, as is the word {@code run} before them, unless it is asked for its help. */
    static boolean isCommand(List<String> words) {
        if (words.isEmpty()) {
            return false;
        }
        String first = words.getFirst();
        return first.equals(RUN)
                ? words.stream().anyMatch(HELP::contains)
                : HELP.contains(first) || !first.startsWith("-");
    }

    private static String[] withoutRun(List<String> words) {
        boolean said = !words.isEmpty() && words.getFirst().equals(RUN);
        return words.stream().skip(said ? 1 : 0).toArray(String[]::new);
    }

    /** Does something else than the service. Nothing was logged yet, so the log can still be led to elsewhere. */
    private static void command(List<String> words) {
        System.setProperty("log.target", "System.err");
        // A client says at every attempt that nobody answers; the command says it once.
        System.setProperty("log.kafka", "ERROR");
        int code = Finecomb.run(
                words,
                Application::settings,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(code);
    }

    /** The settings as the service would be told them, with this file in the place of others. */
    static FinecombConfig settings(Path file) throws CommandFailure {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "--config-file " + file
                            + " does not exist, or can't be read by this user; name a file such as job.yml");
        }
        // Micronaut takes the names of files from a property only.
        Optional<String> before = Optional.ofNullable(System.getProperty(Environment.PROPERTY_SOURCES_KEY));
        System.setProperty(Environment.PROPERTY_SOURCES_KEY, file.toString());
        try (ApplicationContext context =
                ApplicationContext.builder().banner(false).build()) {
            return configuration(context);
        } catch (StartupFailure failure) {
            throw new CommandFailure(failure.exitCode(), String.valueOf(failure.getMessage()), failure);
        } finally {
            before.ifPresentOrElse(
                    files -> System.setProperty(Environment.PROPERTY_SOURCES_KEY, files),
                    () -> System.clearProperty(Environment.PROPERTY_SOURCES_KEY));
        }
    }

    /** Runs the service until its job ends or SIGTERM; a failure is printed and becomes its exit code. */
    static ExitCode run(String[] arguments, StopSignal signal, Parts parts) {
        try (ApplicationContext context =
                ApplicationContext.builder().args(arguments).banner(false).build()) {
            FinecombConfig config = configuration(context);
            config.training()
                    .threads()
                    .ifPresent(threads -> System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads)));
            return startAndRun(context, config, signal, parts);
        } catch (StartupFailure failure) {
            return failed(failure.exitCode(), String.valueOf(failure.getMessage()));
        } catch (ServerStartupException failure) {
            return failed(
                    ExitCode.RETRY,
                    StartupFailure.message(
                            String.valueOf(failure.getMessage()),
                            "micronaut.server.host and micronaut.server.port",
                            "free the port, or choose another with MICRONAUT_SERVER_PORT"));
        }
    }

    private static ExitCode startAndRun(
            ApplicationContext context, FinecombConfig config, StopSignal signal, Parts parts) {
        try (var _ = EngineStart.begin()) {
            context.registerSingleton(config);
            context.start();
            EmbeddedServer server = context.getBean(EmbeddedServer.class).start();
            LoggerFactory.getLogger(Application.class).info("listening on {}", server.getURL());
            return runJob(context, config, signal, parts);
        }
    }

    /** The calling thread becomes the training thread. */
    private static ExitCode runJob(ApplicationContext context, FinecombConfig config, StopSignal signal, Parts parts) {
        InstantSource clock = context.getBean(InstantSource.class);
        var factory = parts.factory(config, clock, context.getBean(KafkaMeters.class));
        var runner = new JobRunner(
                config,
                factory,
                context.getBean(Boards.class),
                context.getBean(CommandMailbox.class),
                clock,
                () -> UUID.randomUUID().toString().substring(0, 8));
        signal.orders(runner::requestStop);
        return runner.run();
    }

    /**
     * Reads the configuration before any part of the service is made, so that a wrong one costs nothing and hides
     * behind nothing.
     */
    private static FinecombConfig configuration(ApplicationContext context) {
        Environment environment = context.getEnvironment();
        try {
            environment.start();
        } catch (RuntimeException unreadable) {
            throw new StartupFailure(
                    ExitCode.CONFIGURATION,
                    StartupFailure.message(
                            "The configuration can't be read: " + unreadable.getMessage(),
                            "micronaut.config.files is "
                                    + System.getProperty(Environment.PROPERTY_SOURCES_KEY, "not a system property"),
                            "correct the file"),
                    unreadable);
        }
        return new ConfigurationLoader(environment).load();
    }

    private static ExitCode failed(ExitCode exitCode, String message) {
        LoggerFactory.getLogger(Application.class).error("{}", message);
        return exitCode;
    }
}
