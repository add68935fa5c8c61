package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.config.Binding;
import dev.finecomb.config.ConfigBinder;
import dev.finecomb.config.ConfigSource;
import dev.finecomb.config.FinecombConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** How the sub-command ends when there is no ledger to read. */
class LedgerCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter complaints = new StringWriter();

    private int run(String... arguments) {
        List<String> words =
                Stream.concat(Stream.of("ledger"), Stream.of(arguments)).toList();
        return Finecomb.run(words, new PrintWriter(out), new PrintWriter(complaints));
    }

    @Test
    void aWrongLineEndsWith64AndAnExample() {
        assertThat(run("--job", "digits")).isEqualTo(64);
        assertThat(complaints.toString()).contains("--bootstrap-servers is missing", "Usage:");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void anAbsentBrokerEndsWith75AndItsAddress() {
        assertThat(run("--bootstrap-servers", "127.0.0.1:1", "--job", "digits", "--timeout", "700ms"))
                .isEqualTo(75);
        assertThat(complaints.toString()).contains("No answer from 127.0.0.1:1");
    }

    @Test
    void impossiblePropertiesEndWith78() {
        assertThat(run(
                        "--bootstrap-servers",
                        "127.0.0.1:1",
                        "--job",
                        "digits",
                        "--property",
                        "security.protocol=NONSENSE"))
                .isEqualTo(78);
        assertThat(complaints.toString()).contains("NONSENSE", "Check the client properties");
    }

    @ParameterizedTest
    @CsvSource({
        "ledger, exactly-once",
        "ledger --delivery at-least-once, at-least-once",
        "ledger --config-file job.yml, at-least-once",
        "ledger --config-file job.yml --delivery exactly-once, exactly-once"
    })
    void thePromiseIsTheOptionsElseTheSettings(String words, String promised) throws Exception {
        CommandLine line = Finecomb.line(_ -> settings());
        line.parseArgs(words.split(" "));
        CommandLine command = Objects.requireNonNull(line.getSubcommands().get("ledger"));
        var ledger = (LedgerCommand) command.getCommandSpec().userObject();
        assertThat(ledger.promised().word()).isEqualTo(promised);
    }

    private static FinecombConfig settings() {
        Map<String, Object> least = Map.of(
                "finecomb.kafka.bootstrap-servers", "localhost:9092",
                "finecomb.kafka.job", "digits",
                "finecomb.kafka.delivery", "at-least-once",
                "finecomb.model.uri", "/models/digits.pt",
                "finecomb.training.loss", "softmax-cross-entropy",
                "finecomb.training.learning-rate.base", "0.05",
                "finecomb.sparsity.removal-end", "300",
                "finecomb.checkpoint.directory", "/var/finecomb/checkpoints",
                "finecomb.export.directory", "/var/finecomb/export");
        var source = new ConfigSource("job.yml", ConfigSource.Naming.PROPERTIES, least);
        return switch (new ConfigBinder().bind(List.of(source))) {
            case Binding.Bound(FinecombConfig config) -> config;
            case Binding.Invalid(var problems) -> throw new AssertionError(problems.toString());
        };
    }

    @Test
    void helpIsNoFailure() {
        assertThat(run("--help")).isEqualTo(0);
        assertThat(out.toString()).contains("Usage: finecomb ledger");
    }
}
