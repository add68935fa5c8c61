package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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

    @Test
    void helpIsNoFailure() {
        assertThat(run("--help")).isEqualTo(0);
        assertThat(out.toString()).contains("Usage: finecomb ledger");
    }
}
