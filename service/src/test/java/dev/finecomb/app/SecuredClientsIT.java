package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Certificates;
import dev.finecomb.JobEnd;
import dev.finecomb.SecuredBroker;
import dev.finecomb.ServiceProcess;
import dev.finecomb.TokenIssuer;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.protocol.Topics;
import dev.finecomb.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A whole job by each of the documented ways to say who one is. What the clients are told is what the document shows, with the
 * places of this test's files.
 */
@Timeout(180)
@ResourceLock(FaultJob.ENGINE)
class SecuredClientsIT {
    private static final Path DOCUMENT = Path.of("docs/security.md");
    private static final String MOUNT = "/etc/finecomb/kafka";
    private static final Pattern PROPERTIES = Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int STEPS = 4;
    private static final String PASSWORD = "hunter2";

    @TempDir
    static Path directory;

    private static TokenIssuer issuer;
    private static SecuredBroker broker;
    private static Path mount;

    @BeforeAll
    static void start() throws Exception {
        issuer = TokenIssuer.start();
        Certificates authority =
                Certificates.authority(directory, "authority").sign("broker").sign("finecomb");
        broker = SecuredBroker.start(
                directory.resolve("broker"),
                authority.keyStore("broker", directory.resolve("broker.p12")),
                Certificates.trustStore(directory.resolve("trust.p12"), authority),
                issuer);
        broker.setPassword("finecomb", PASSWORD);
        mount = Files.createDirectories(directory.resolve("mount"));
        authority.pemTrustStore(mount.resolve("ca.crt"));
        authority.pemKeyStore("finecomb", mount.resolve("client.pem"));
        authority.keyStore("finecomb", mount.resolve("user.p12"));
        Certificates.trustStore(mount.resolve("ca.p12"), authority);
        Files.writeString(mount.resolve("password"), PASSWORD);
        Files.writeString(mount.resolve("user.password"), Certificates.PASSWORD);
        Files.writeString(mount.resolve("ca.password"), Certificates.PASSWORD);
        Files.writeString(mount.resolve("client-secret"), TokenIssuer.SECRET);
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
    }

    /** The document's example that contains the words, for this test's places. */
    private static String example(String words) throws IOException {
        Matcher examples = PROPERTIES.matcher(Files.readString(DOCUMENT));
        String found = examples.results()
                .map(example -> example.group(1))
                .filter(example -> example.contains(words))
                .findFirst()
                .orElseThrow();
        return found.replace(MOUNT, mount.toString())
                .replace("https://login.example.com/oauth2/token", issuer.tokenUrl())
                .replace("client.id=finecomb", "client.id=" + TokenIssuer.CLIENT);
    }

    private static FaultJob job(String name, String example, String principal) throws Exception {
        Path file = Files.writeString(directory.resolve(name + ".properties"), example);
        broker.grant(
                principal,
                Role.SERVICE_CREATING_TOPICS.grants(new Topics("finecomb", name), KafkaConfig.Delivery.EXACTLY_ONCE));
        Map<String, Object> settings = new HashMap<>();
        settings.put("kafka.properties-file", file.toString());
        settings.put("kafka.connect-timeout", "10s");
        return new FaultJob(name, directory.resolve(name), STEPS, settings);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            password | PASSWORDS    | SCRAM-SHA-512  | User:finecomb
            pem      | CERTIFICATES | client.pem     | User:CN=finecomb
            pkcs12   | CERTIFICATES | user.p12       | User:CN=finecomb
            """)
    void aJobTrainsByEachOfTheDocumentsExamples(String name, String listener, String words, String principal)
            throws Exception {
        FaultJob job = job(name, example(words), principal);
        try (JobThread thread = JobThread.start(job.config(broker.bootstrapServers(listener)))) {
            thread.awaitRestored();
            job.feed(broker.bootstrapServers(), 0, STEPS);
            assertThat(thread.end(LONG)).as(thread.failure()).isEqualTo(ExitCode.DONE);
        }
        JobEnd.requireCleanLedger(broker.bootstrapServers(), name, STEPS);
    }

    /** As a process of its own, on nothing but what is shipped. */
    @Test
    void thePackagedServiceTrainsByATokenAndSaysWhichUrlHasToBeAllowed() throws Exception {
        FaultJob job = job("token", example("OAUTHBEARER"), "User:" + TokenIssuer.CLIENT);
        String address = broker.bootstrapServers(SecuredBroker.TOKENS);
        Path settings = job.write(address);
        JobWorld.feed(broker.bootstrapServers(), "token", STEPS);
        try (ServiceProcess refused = ServiceProcess.start(settings)) {
            assertThat(refused.exitCode(LONG)).as(refused.log()).isEqualTo(78);
            assertThat(refused.log())
                    .contains("org.apache.kafka.sasl.oauthbearer.allowed.urls", issuer.tokenUrl())
                    .doesNotContain(TokenIssuer.SECRET);
        }
        try (ServiceProcess service = ServiceProcess.startMain(
                settings,
                Application.class,
                List.of("-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + issuer.tokenUrl()))) {
            assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            assertThat(service.log()).doesNotContain(TokenIssuer.SECRET);
        }
        assertThat(issuer.given()).isPositive();
        JobEnd.requireCleanLedger(broker.bootstrapServers(), "token", STEPS);
    }

    @Test
    void aPasswordThatIsChangedIsReadByTheNextStart() throws Exception {
        FaultJob job = job("changed", example("SCRAM-SHA-512"), "User:finecomb");
        String address = broker.bootstrapServers(SecuredBroker.PASSWORDS);
        Path password = mount.resolve("password");
        Files.writeString(password, "guessed");
        try {
            try (JobThread thread = JobThread.start(job.config(address))) {
                assertThat(thread.end(LONG)).isEqualTo(ExitCode.CONFIGURATION);
                assertThat(thread.failure())
                        .contains("SaslAuthenticationException", "finecomb.kafka.properties-file")
                        .doesNotContain("guessed");
            }
        } finally {
            Files.writeString(password, PASSWORD);
        }
        try (JobThread thread = JobThread.start(job.config(address))) {
            thread.awaitRestored();
            assertThat(thread.stop()).isEqualTo(ExitCode.DONE);
        }
    }
}
