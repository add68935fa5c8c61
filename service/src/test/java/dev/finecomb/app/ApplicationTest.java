package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.cli.CommandFailure;
import dev.finecomb.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApplicationTest {
    @TempDir
    Path directory;

    @AfterEach
    void forgetTheFile() {
        System.clearProperty("micronaut.config.files");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "--finecomb.kafka.job=a", "run --finecomb.kafka.job=a"})
    void settingsStartTheService(String line) {
        assertThat(Application.isCommand(words(line))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-V", "run --help", "run -h", "doctor", "ledger --job a", "rnu"})
    void otherWordsAndRequestsForHelpAreCommands(String line) {
        assertThat(Application.isCommand(words(line))).isTrue();
    }

    private static List<String> words(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
    }

    @Test
    void theSettingsOfAFileAreThoseOfTheServiceAndItsProblemsToo() throws Exception {
        Path file = JobWorld.write(JobWorld.settings("k:9092", "told", directory), directory);
        assertThat(Application.settings(file).kafka().job()).isEqualTo("told");
        Path wrong = JobWorld.write(Map.of("kafka.job", "NO!"), directory.resolve("wrong"));
        assertThatThrownBy(() -> Application.settings(wrong))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("finecomb.kafka.bootstrap-servers");
        assertThatThrownBy(() ->
                        Application.settings(Files.createTempDirectory("none").resolve("absent.yml")))
                .hasMessageContaining("absent.yml does not exist");
    }
}
