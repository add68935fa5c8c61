package dev.finecomb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartLintTest {

    @Test
    void helmFindsNothingToComplainOf() {
        LintResult result = new Helm(Chart.DIRECTORY).lint().strict().call();

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
    }

    @Test
    void helmWouldComplainOfABrokenChart(@TempDir Path directory) throws IOException {
        Files.createDirectories(directory.resolve("templates"));
        Files.writeString(directory.resolve("Chart.yaml"), "apiVersion: v2\nname: other\nversion: 1.0.0\n");
        Files.writeString(directory.resolve("templates/a.yaml"), "kind: {{ .Values.a.b }}\n");

        LintResult result = new Helm(directory).lint().strict().call();

        assertThat(result.isFailed()).isTrue();
    }

    @Test
    void theChartIsOfTheVersionThatTheBuildMakes() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String version = pom.replaceAll("(?s).*?<version>(.*?)(-SNAPSHOT)?</version>.*", "$1");

        assertThat(Manifests.parse(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")))
                        .path("appVersion")
                        .asText())
                .isEqualTo(version);
    }
}
