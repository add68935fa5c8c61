package dev.finecomb.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the sub-command ends when there is no ledger to read. */
class LedgerCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

    private ExitCode run(String... arguments) {
        return new LedgerCommand(new PrintStream(out, true, UTF_8), new PrintStream(complaints, true, UTF_8))
                .run(List.of(arguments));
    }

    @Test
    void aWrongLineEndsWith64AndAnExample() {
        assertThat(run("--job", "digits").code()).isEqualTo(64);
        assertThat(complaints.toString(UTF_8)).contains("--bootstrap-servers is missing", "Example:");
        assertThat(out.size()).isZero();
    }

    @Test
    void anAbsentBrokerEndsWith75AndItsAddress() {
        assertThat(run("--bootstrap-servers", "127.0.0.1:1", "--job", "digits", "--timeout", "700ms")
                        .code())
                .isEqualTo(75);
        assertThat(complaints.toString(UTF_8)).contains("No answer from 127.0.0.1:1");
    }

    @Test
    void impossiblePropertiesEndWith78() {
        assertThat(run(
                                "--bootstrap-servers",
                                "127.0.0.1:1",
                                "--job",
                                "digits",
                                "--property",
                                "security.protocol=NONSENSE")
                        .code())
                .isEqualTo(78);
        assertThat(complaints.toString(UTF_8)).contains("NONSENSE", "Check the client properties");
    }

    @Test
    void helpIsNoFailure() {
        assertThat(run("--help")).isEqualTo(ExitCode.DONE);
        assertThat(out.toString(UTF_8)).contains("Usage: java -jar finecomb.jar ledger");
    }
}
