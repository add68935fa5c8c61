package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.FinecombConfig;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLoaderTest {

    private static final String JOB = """
            finecomb:
              kafka:
                bootstrap-servers: ${BROKER_OF_NOBODY:`localhost:9092`}
                job: digits
                properties:
                  security.protocol: SSL
              model:
                uri: /models/digits.pt
                inputs: [x, context]
              training:
                loss: softmax-cross-entropy
                learning-rate:
                  base: 0.05
              sparsity:
                pattern: 2:4
                removal-end: 300
              checkpoint:
                directory: /data/checkpoints
              export:
                directory: /data/export
            """;

    @TempDir
    Path folder;

    @AfterEach
    void forgetSystemProperties() {
        System.clearProperty("finecomb.training.seed");
        System.clearProperty("micronaut.config.files");
    }

    @Test
    void aFileIsBoundAndLaterSourcesWin() throws IOException {
        System.setProperty("finecomb.training.seed", "7");

        FinecombConfig config = load(JOB, "--finecomb.kafka.job=digits-2", "--finecomb.sparsity.removal-end=200");

        assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.kafka().job()).isEqualTo("digits-2");
        assertThat(config.kafka().clients().properties()).containsEntry("security.protocol", "SSL");
        assertThat(config.model().inputs()).containsExactly("x", "context");
        assertThat(config.training().seed()).isEqualTo(7);
        assertThat(config.sparsity().pattern()).isEqualTo("2:4");
        assertThat(config.sparsity().settleSteps()).isEqualTo(200);
    }

    @Test
    void everyProblemIsInTheMessageWithItsPlace() throws IOException {
        String wrong = JOB.replace("job: digits", "jobb: digits").replace("2:4", "0:4");

        StartupFailure failure =
                catchThrowableOfType(StartupFailure.class, () -> load(wrong, "--finecomb.sparsity.removal-end=soon"));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(failure)
                .hasMessageStartingWith("The configuration has 4 problems:")
                .hasMessageContaining("finecomb.kafka.job: not set")
                .hasMessageContaining("finecomb.kafka.jobb: found \"digits\"")
                .hasMessageContaining("job.yml")
                .hasMessageContaining("finecomb.sparsity.pattern: found \"0:4\"")
                .hasMessageContaining("finecomb.sparsity.removal-end: found \"soon\" (command line)");
    }

    @Test
    void aPlaceholderWithoutValueIsNamed() throws IOException {
        String wrong = JOB.replace("job: digits", "job: ${NOBODY_SET_THIS}");

        StartupFailure failure = catchThrowableOfType(StartupFailure.class, () -> load(wrong));

        assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(failure).hasMessageContaining("finecomb.kafka.job").hasMessageContaining("NOBODY_SET_THIS");
    }

    @Test
    void theApplicationEndsWithTheExitCodeOfItsConfiguration() throws IOException {
        assertThat(Application.run(new String[] {}, new StopSignal(), JobFactory::new))
                .isEqualTo(ExitCode.CONFIGURATION);
        assertThat(Application.run(arguments("finecomb: [unclosed"), new StopSignal(), JobFactory::new))
                .isEqualTo(ExitCode.CONFIGURATION);
        System.setProperty(
                "micronaut.config.files", folder.resolve("nowhere.yml").toString());
        assertThat(Application.run(new String[] {}, new StopSignal(), JobFactory::new))
                .isEqualTo(ExitCode.CONFIGURATION);
    }

    private FinecombConfig load(String yaml, String... more) throws IOException {
        try (ApplicationContext context =
                ApplicationContext.builder().args(arguments(yaml, more)).start()) {
            return new ConfigurationLoader(context.getEnvironment()).load();
        }
    }

    private String[] arguments(String yaml, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("job.yml"), yaml);
        List<String> arguments = new ArrayList<>(List.of(more));
        System.setProperty("micronaut.config.files", file.toString());
        return arguments.toArray(String[]::new);
    }
}
