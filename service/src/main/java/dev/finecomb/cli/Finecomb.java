package dev.finecomb.cli;

import dev.finecomb.ledger.Delivery;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        mixinStandardHelpOptions = true,
        subcommands = {
            LedgerCommand.class,
            ModelCommand.class,
            CheckpointCommand.class,
            MaskCommand.class,
            InitCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Finecomb {

    private Finecomb() {}

    /** Understands and does; the answer goes to one writer, complaints to the other. */
    public static int run(List<String> arguments, PrintWriter out, PrintWriter complaints) {
        return new CommandLine(new Finecomb())
                .setOut(out)
                .setErr(complaints)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new Time())
                .registerConverter(Delivery.class, Finecomb::delivery)
                .setParameterExceptionHandler(Finecomb::misunderstood)
                .setExecutionExceptionHandler(Finecomb::failed)
                .execute(arguments.toArray(String[]::new));
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

    private static int failed(Exception failure, CommandLine command, ParseResult result) throws Exception {
        if (failure instanceof CommandFailure foreseen) {
            command.getErr().println(foreseen.getMessage());
            return foreseen.exitCode().code();
        }
        throw failure;
    }

    private static Delivery delivery(String word) {
        for (Delivery known : Delivery.values()) {
            if (known.word().equals(word)) {
                return known;
            }
        }
        throw new TypeConversionException("exactly-once or at-least-once is expected, not \"" + word + "\"");
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
