package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.ingest.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRightsTest {
    @TempDir
    private Path directory;

    private Optional<String> explained(Path file) {
        return JobRights.ofService(KafkaFixture.withFile(KafkaFixture.config("k:9092", "digits"), file))
                .explain(new TopicAuthorizationException(Set.of("fc.digits.batches")), AclOperation.READ);
    }

    /** Under a running job, what its clients were made with may be gone when a right is. */
    @Test
    void aMissingRightIsNamedEvenIfItCanNotBeToldWhoseItIs() throws Exception {
        Path file = Files.writeString(directory.resolve("client.properties"), """
                security.protocol=SASL_PLAINTEXT
                sasl.mechanism=PLAIN
                sasl.jaas.config=x.Y required username="alice" password="${directory:%s:password}";
                """.formatted(directory));
        Path password = Files.writeString(directory.resolve("password"), "hunter2");
        assertThat(explained(file))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("User:alice").doesNotContain("hunter2"));

        Files.delete(password);
        assertThat(explained(file)).hasValueSatisfying(JobRightsTest::namesTheRightAlone);
        Files.delete(file);
        assertThat(explained(file)).hasValueSatisfying(JobRightsTest::namesTheRightAlone);
    }

    private static void namesTheRightAlone(String text) {
        assertThat(text)
                .contains(
                        "does not grant this user what job digits needs",
                        "--allow-principal User:NAME --operation Read --topic fc.digits.batches")
                .doesNotContain("alice");
    }
}
