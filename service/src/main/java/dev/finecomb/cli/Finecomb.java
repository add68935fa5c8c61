package dev.finecomb.cli;

import dev.finecomb.config.FinecombConfig;
import dev.finecomb.ledger.Delivery;
import dev.finecomb.security.Role;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line beside the service. Each sub-command is a class of this room that answers with an {@link ExitCode}'s
 * number; a wrong argument ends with 64 and changes nothing.
 */
@Command(
        name = "finecomb",
        description = "Fine-tunes a network on a Kafka stream and makes it N:M sparse while it learns.",
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "finecomb [run] [--finecomb.SETTING=VALUE ...]",
            "       finecomb COMMAND [OPTIONS]",
            "       finecomb COMMAND --help"
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            DoctorCommand.class,
            HealthCommand.class,
            TopicsCommand.class,
            ProduceCommand.class,
            WatchCommand.class,
            DeadLettersCommand.class,
            LedgerCommand.class,
            CheckpointCommand.class,
            MaskCommand.class,
            ModelCommand.class,
            InitCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done, or stopped as told",
            " 1:what was looked at is not as promised",
            "64:the command line can't be understood",
            "75:another start may succeed: the broker was away, or another process owns the job",
            "78:somebody has to change something first: settings, topics, data; the message says what"
        })
public final class Finecomb {
    private final SettingsReader reader;

    private Finecomb(SettingsReader reader) {
        this.reader = reader;
    }

    /** Understands and does, where the service's settings can't be read: {@code --config-file} is refused. */
    public static int run(List<String> arguments, PrintWriter out, PrintWriter complaints) {
        return run(arguments, Finecomb::unread, out, complaints);
    }

    /** Understands and does; the answer goes to one writer, complaints to the other. */
    public static int run(List<String> arguments, SettingsReader reader, PrintWriter out, PrintWriter complaints) {
        return line(reader).setOut(out).setErr(complaints).execute(arguments.toArray(String[]::new));
    }

    /** All commands with their options. */
    static CommandLine line(SettingsReader reader) {
        CommandLine line = new CommandLine(new Finecomb(reader));
        versions(line);
        return line.setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new Time())
                .registerConverter(Delivery.class, Finecomb::delivery)
                .registerConverter(Role.class, Finecomb::role)
                .setParameterExceptionHandler(Finecomb::misunderstood)
                .setExecutionExceptionHandler(Finecomb::failed);
    }

    private static void versions(CommandLine line) {
        String version = Finecomb.class.getPackage().getImplementationVersion();
        line.getCommandSpec().version("finecomb " + (version == null ? "(not packaged)" : version));
        line.getSubcommands().values().forEach(Finecomb::versions);
    }

    private static FinecombConfig unread(Path file) throws CommandFailure {
        throw new CommandFailure(ExitCode.USAGE, "--config-file " + file + " can't be read here: give single options");
    }

    FinecombConfig settings(Path file) throws CommandFailure {
        return reader.read(file);
    }

    private static int misunderstood(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter complaints = command.getErr();
        complaints.println(wrong.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, complaints);
        complaints.println();
        command.usage(complaints);
        return ExitCode.USAGE.code();
    }

    private static int failed(Exception failure, CommandLine command, ParseResult result) {
        if (failure instanceof CommandFailure foreseen) {
            command.getErr().println(foreseen.getMessage());
            return foreseen.exitCode().code();
        }
        PrintWriter complaints = command.getErr();
        complaints.println("The command ended unexpectedly; nothing of what it prints above is undone by that:");
        failure.printStackTrace(complaints);
        return ExitCode.RETRY.code();
    }

    private static Delivery delivery(String word) {
        for (Delivery known : Delivery.values()) {
            if (known.word().equals(word)) {
                return known;
            }
        }
        throw new TypeConversionException("exactly-once or at-least-once is expected, not \"" + word + "\"");
    }

    private static Role role(String word) {
        for (Role known : Role.values()) {
            if (known.word().equals(word)) {
                return known;
            }
        }
        throw new TypeConversionException(
                "one of " + Stream.of(Role.values()).map(Role::word).toList() + " is expected, not \"" + word + "\"");
    }

    /** A time such as 500ms, 60s or 5m. */
    private static final class Time implements ITypeConverter<Duration> {
        private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,8})(ms|s|m)");

        @Override
        public Duration convert(String text) {
            Matcher matcher = TIME.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("a time such as 500ms, 60s or 5m is expected, not \"" + text + "\"");
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }
    }
}
