package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FinecombTest {
    @TempDir
    Path directory;

    @Test
    void theUsageListsEveryCommandInOrderAndTheExitCodes() {
        CommandRun help = CommandRun.of("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .containsSubsequence(
                        "Commands:",
                        "run",
                        "demo",
                        "doctor",
                        "topics",
                        "produce",
                        "watch",
                        "dead-letters",
                        "ledger",
                        "generate-completion",
                        "Exit codes:",
                        "0",
                        "64",
                        "75",
                        "78");
    }

    @Test
    void theHelpOfRunShowsHowToGiveSettings() {
        CommandRun help = CommandRun.of("run", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out())
                .contains("-Dmicronaut.config.files=job.yml", "FINECOMB_KAFKA_JOB", "--finecomb.kafka.job=reviews");
    }

    @Test
    void everyCommandSaysItsVersionAndAnUnknownOneIsRefusedWithALikeOne() {
        assertThat(CommandRun.of("--version").out()).startsWith("finecomb ");
        assertThat(CommandRun.of("topics", "show", "--version").out()).startsWith("finecomb ");
        CommandRun unknown = CommandRun.of("topcis");
        assertThat(unknown.exitCode()).isEqualTo(64);
        assertThat(unknown.complaints()).contains("topcis", "topics");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    topics                                                    | 64 | Missing required subcommand
                    topics show --job digits                                  | 64 | --bootstrap-servers is missing
                    topics show --bootstrap-servers h:1                       | 64 | --job is missing
                    topics show --bootstrap-servers h:1 --job a.b             | 64 | --job: expected 1 to 50 characters
                    topics manifests --job digits --partitions 0              | 64 | --partitions are 0; at least 1
                    topics show --job d --config-file job.yml                 | 64 | can't be read here
                    watch events --job d --config-file job.yml                | 64 | can't be read here
                    watch metrics --job digits --config nosuchfile            | 64 | "nosuchfile" can't be read
                    watch metrics --job d --bootstrap-servers h:1 --timeout 5 | 64 | a time such as 500ms, 60s or 5m
                    dead-letters replay --job d --bootstrap-servers h:1       | 64 | choose the letters
                    dead-letters ls --job d --bootstrap-servers h:1 --reason Q| 64 | SHAPE
                    produce --job d                                           | 64 | name files, such as digits.csv
                    produce x.txt --job d                                     | 64 | neither .csv nor .safetensors
                    produce x.npy --job d                                     | 64 | arrays come in pairs
                    produce x.csv --job d --rate 0                            | 64 | --rate is 0.0
                    produce x.csv --job d --shape 2,0                         | 64 | --shape is [2, 0]; axes of at least 1
                    watch masks --job d --bootstrap-servers h:1 --limit 0     | 64 | --limit is 0
                    watch events --job d --bootstrap-servers h:1 --limit 0    | 64 | --limit is 0
                    dead-letters ls --job d --bootstrap-servers h:1 --limit 0 | 64 | --limit is 0
                    produce nosuch.csv --job d                                | 78 | nosuch.csv can't be read: it does not exist
                    watch metrics --job d --bootstrap-servers 127.0.0.1:1 --timeout 500ms | 75 | No answer from 127.0.0.1:1
                    topics show --job d --bootstrap-servers 127.0.0.1:1 --timeout 500ms   | 75 | No answer from 127.0.0.1:1
                    watch masks --job d --bootstrap-servers no.such.host.invalid:1 --timeout 500ms | 75 | No answer from no.such.host
                    topics create --job d --bootstrap-servers 127.0.0.1:1 --property security.protocol=NO | 78 | refuses
                    """)
    void whatGoesWrongBeforeABrokerIsAskedIsToldWithTheRemedy(String line, int exitCode, String complaint) {
        CommandRun run = CommandRun.of(List.of(line.split(" ")));
        assertThat(run.exitCode()).as(run.complaints()).isEqualTo(exitCode);
        assertThat(run.complaints()).contains(complaint).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topics show",
                "topics create",
                "produce d.csv",
                "watch metrics",
                "watch events",
                "watch masks",
                "dead-letters ls",
                "dead-letters replay --all",
                "dead-letters replay --all --yes",
                "ledger",
                "mask export --out m.safetensors"
            })
    void wrongClientSettingsAndAddressesEndWith78(String command) throws IOException {
        Files.writeString(directory.resolve("d.csv"), "1,2,0\n");
        String words = command.replace("d.csv", directory.resolve("d.csv").toString())
                .replace("m.safetensors", directory.resolve("m.safetensors").toString());
        for (String wrong : List.of(
                "--bootstrap-servers 127.0.0.1:1 --property security.protocol=NO", "--bootstrap-servers localhost")) {
            CommandRun run = CommandRun.of(List.of((words + " --job d --timeout 500ms " + wrong).split(" ")));
            assertThat(run.exitCode()).as(wrong + ": " + run.complaints()).isEqualTo(78);
            assertThat(run.complaints()).doesNotContain("\tat ");
        }
    }
}
