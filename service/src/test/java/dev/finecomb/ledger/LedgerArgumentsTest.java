package dev.finecomb.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerArgumentsTest {
    @Test
    void defaults() throws Exception {
        LedgerArguments given = parse("--bootstrap-servers", "k:9092", "--job", "digits");

        assertThat(given.topics()).isEqualTo(new Topics("finecomb", "digits"));
        assertThat(given.clientProperties())
                .containsOnlyKeys("bootstrap.servers")
                .containsValue("k:9092");
        assertThat(given.timeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(given.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
        assertThat(given.json()).isFalse();
    }

    @Test
    void everythingGiven(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("client.properties"), "security.protocol=SSL\nbootstrap.servers=file:1\na=file\n");

        LedgerArguments given = parse(
                "--property",
                "a=line=2",
                "--config",
                file.toString(),
                "--job",
                "digits",
                "--prefix",
                "fc",
                "--timeout",
                "1500ms",
                "--json",
                "--delivery",
                "at-least-once");

        assertThat(given.topics()).isEqualTo(new Topics("fc", "digits"));
        assertThat(given.clientProperties())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("bootstrap.servers", "file:1")
                .containsEntry("a", "line=2");
        assertThat(given.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(given.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
        assertThat(given.json()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--job digits, --bootstrap-servers is missing",
        "--bootstrap-servers k:1, --job is missing",
        "--bootstrap-servers k:1 --job, --job needs a value",
        "--bootstrap-servers k:1 --job a.b, job: expected 1 to 50 characters",
        "--bootstrap-servers k:1 --job a --timeout soon, '60s or 5m, not \"soon\"'",
        "--bootstrap-servers k:1 --job a --delivery twice, '--delivery takes exactly-once or at-least-once, not \"twice\"'",
        "--bootstrap-servers k:1 --job a --property x, --property takes KEY=VALUE",
        "--bootstrap-servers k:1 --job a --config /no/such, can't be read",
        "--jobs a, '\"--jobs\" is no option'",
    })
    void aWrongLineIsExplainedWithAnExample(String line, String complaint) {
        assertThatThrownBy(() -> parse(line.split(" ")))
                .isInstanceOf(LedgerArguments.UsageException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining("Example: java -jar finecomb.jar ledger");
    }

    private static LedgerArguments parse(String... arguments) throws LedgerArguments.UsageException {
        return LedgerArguments.parse(List.of(arguments));
    }
}
