package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.Certificates;
import dev.finecomb.SecuredBroker;
import dev.finecomb.config.KafkaConfig;
import dev.finecomb.ingest.ClientSettings;
import dev.finecomb.ingest.KafkaFixture;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are replaced under clients that stay; every connection lives shorter than the pause between two questions. */
@Timeout(120)
class CertificateRotationIT {
    private static final long IDLE_MILLIS = 200;
    /** How seldom a broker without work looks for idle connections, and some. */
    private static final long BROKERS_LOOK_MILLIS = 500;

    private static final String LISTENER = "listener.name.certificates.";

    @TempDir
    static Path directory;

    private static Certificates old;
    private static Certificates young;
    private static SecuredBroker broker;

    @BeforeAll
    static void start() throws Exception {
        old = Certificates.authority(directory, "old")
                .sign("broker")
                .sign("client")
                .signExpired("client-expired");
        young = Certificates.authority(directory, "young").sign("broker").sign("client");
        broker = SecuredBroker.start(
                directory.resolve("broker"),
                old.keyStore("broker", directory.resolve("broker.p12")),
                Certificates.trustStore(directory.resolve("broker-trust.p12"), old, young),
                Map.of("connections.max.idle.ms", String.valueOf(IDLE_MILLIS)));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static Admin client(Path keys, Path trust, String type) {
        return client(keys, trust, type, type.equals("PEM") ? Map.of() : passwords(Certificates.PASSWORD));
    }

    private static Map<String, String> passwords(String ofKeys) {
        return Map.of(
                "ssl.keystore.password", ofKeys,
                "ssl.key.password", ofKeys,
                "ssl.truststore.password", Certificates.PASSWORD);
    }

    private static Admin client(Path keys, Path trust, String type, Map<String, String> passwords) {
        Map<String, String> properties = new HashMap<>(passwords);
        properties.putAll(Map.of(
                "security.protocol",
                "SSL",
                "ssl.keystore.location",
                keys.toString(),
                "ssl.keystore.type",
                type,
                "ssl.truststore.location",
                trust.toString(),
                "ssl.truststore.type",
                type));
        KafkaConfig config =
                KafkaFixture.config(broker.bootstrapServers(SecuredBroker.CERTIFICATES), "rotation", properties);
        return Admin.create(ClientSettings.admin(config));
    }

    /** Asks by a new connection. */
    private static void ask(Admin client) throws Exception {
        TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS + BROKERS_LOOK_MILLIS);
        assertThat(client.describeCluster().nodes().get()).hasSize(1);
    }

    private static void alter(Map<String, String> settings) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.BROKER, "1");
        broker.admin()
                .incrementalAlterConfigs(Map.of(
                        resource,
                        settings.entrySet().stream()
                                .map(setting -> new AlterConfigOp(
                                        new ConfigEntry(LISTENER + setting.getKey(), setting.getValue()),
                                        AlterConfigOp.OpType.SET))
                                .toList()))
                .all()
                .get();
    }

    private static void brokerTrusts(Certificates... authorities) throws Exception {
        // A place of its own each time: the broker does not look again at one that it has read.
        Path store = Files.createTempFile(directory, "broker-trust", ".p12");
        alter(Map.of(
                "ssl.truststore.location",
                Certificates.trustStore(store, authorities).toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD,
                "ssl.truststore.type",
                "PKCS12"));
    }

    @BeforeEach
    void theBrokerTrustsBoth() throws Exception {
        brokerTrusts(old, young);
    }

    @Test
    void aClientFollowsANewCertificateAndANewAuthority() throws Exception {
        Path keys = old.pemKeyStore("client", directory.resolve("pem/keys.pem"));
        Path trust = old.pemTrustStore(directory.resolve("pem/trust.pem"));
        try (Admin client = client(keys, trust, "PEM")) {
            ask(client);

            brokerTrusts(young);
            assertThatThrownBy(() -> ask(client)).hasCauseInstanceOf(SslAuthenticationException.class);
            Files.writeString(keys, Files.readString(keys).substring(0, 300));
            assertThatThrownBy(() -> ask(client)).hasCauseInstanceOf(SslAuthenticationException.class);
            young.pemKeyStore("client", keys);
            ask(client);

            alter(Map.of(
                    "ssl.keystore.location",
                    young.keyStore("broker", directory.resolve("young-broker.p12"))
                            .toString(),
                    "ssl.keystore.password",
                    Certificates.PASSWORD,
                    "ssl.key.password",
                    Certificates.PASSWORD,
                    "ssl.keystore.type",
                    "PKCS12"));
            assertThatThrownBy(() -> ask(client)).hasCauseInstanceOf(SslAuthenticationException.class);
            young.pemTrustStore(trust);
            ask(client);
        }
    }

    /** As Strimzi renews a user's certificate, with both authorities trusted; by files that are not replaced at once. */
    @Test
    void aNewCertificateUnderANewPasswordIsTakenWithIt() throws Exception {
        Path mount = Files.createDirectories(directory.resolve("user"));
        Path keys = old.keyStore("client", mount.resolve("user.p12"), "first-secret");
        Path password = Files.writeString(mount.resolve("user.password"), "first-secret");
        Path trust = Certificates.trustStore(mount.resolve("trust.p12"), old, young);
        try (Admin client = client(keys, trust, "PKCS12", passwords("${directory:" + mount + ":user.password}"))) {
            ask(client);
            brokerTrusts(young);
            young.keyStore("client", keys, "second-secret");
            assertThatThrownBy(() -> ask(client)).hasCauseInstanceOf(SslAuthenticationException.class);
            Files.writeString(password, "second-secret");
            ask(client);
        }
    }

    /** The same by PKCS12, as a job that goes on would meet it. */
    @Test
    void anExpiredCertificateIsReplacedAndAHalfWrittenOneIsNotTaken() throws Exception {
        Path keys = old.keyStore("client", directory.resolve("p12/keys.p12"));
        Path trust = Certificates.trustStore(directory.resolve("p12/trust.p12"), old, young);
        try (Admin client = client(keys, trust, "PKCS12")) {
            ask(client);
            Files.write(keys, new byte[] {1, 2, 3});
            ask(client);
            Files.delete(keys);
            ask(client);
            old.keyStore("client-expired", keys);
            assertThatThrownBy(() -> ask(client)).hasCauseInstanceOf(SslAuthenticationException.class);
            old.keyStore("client", keys);
            ask(client);
        }
        Files.delete(keys);
        assertThatThrownBy(() -> client(keys, trust, "PKCS12")).hasRootCauseInstanceOf(NoSuchFileException.class);
    }
}
