package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    Path directory;

    @Test
    void withoutItsPartsItSaysWhichAndWhatToDo() throws Exception {
        Path jar = directory.resolve("finecomb.jar");
        assertThatThrownBy(() -> DemoCommand.line(jar, directory))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(directory.resolve("finecomb-demo.jar") + " and " + directory.resolve("demo-lib"))
                .hasMessageContaining("./mvnw -DskipTests package");
        Files.createFile(directory.resolve("finecomb-demo.jar"));
        assertThatThrownBy(() -> DemoCommand.line(jar, directory)).hasMessageNotContaining("finecomb-demo.jar and");
    }

    @Test
    void fromClassesThatAreNotPackagedItSaysSo() {
        CommandRun run = CommandRun.of("demo");
        assertThat(run.exitCode()).isEqualTo(78);
        assertThat(run.complaints()).contains("The demo needs finecomb.jar, for these classes come from");
    }

    @Test
    void theDemoRunsOnItsOwnJarAndTheServices() throws Exception {
        Files.createFile(directory.resolve("finecomb-demo.jar"));
        Files.createDirectory(directory.resolve("demo-lib"));
        assertThat(DemoCommand.line(directory.resolve("finecomb.jar"), Path.of("there")))
                .containsSubsequence("-cp", "dev.finecomb.demo.Demo", "there")
                .last()
                .isEqualTo(directory.resolve("finecomb.jar").toString());
    }
}
