package dev.finecomb.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next connection is made with, by real stores; connections are those of {@link CertificateRotationIT}. */
class RenewingSslEngineFactoryTest {
    @TempDir
    private Path directory;

    private static Certificates authority;
    private static Certificates young;

    @BeforeAll
    static void certificates(@TempDir Path authorities) throws Exception {
        authority = Certificates.authority(authorities, "old").sign("first").sign("second");
        young = Certificates.authority(authorities, "young");
    }

    /** Configured with what Kafka hands to it: the properties after it replaced the references in them. */
    private static RenewingSslEngineFactory factory(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(ClientProperties.completed(given));
        all.put("bootstrap.servers", "localhost:9092");
        var config = new AdminClientConfig(Map.copyOf(all));
        Map<String, Object> handed = new HashMap<>(config.originals());
        handed.putAll(config.values());
        var factory = new RenewingSslEngineFactory();
        factory.configure(handed);
        return factory;
    }

    private static String nextSubject(RenewingSslEngineFactory factory) throws Exception {
        assertThat(factory.createClientSslEngine("localhost", 9093, "")).isNotNull();
        return subject(factory.keystore());
    }

    private static String subject(@Nullable KeyStore store) throws Exception {
        if (store == null) {
            throw new AssertionError("no store is in force");
        }
        var certificate = (X509Certificate)
                store.getCertificate(Collections.list(store.aliases()).getFirst());
        return certificate.getSubjectX500Principal().getName();
    }

    private String secret(String name) {
        return "${directory:" + directory + ":" + name + "}";
    }

    @Test
    void aStoreAndItsPasswordChangeInAnyOrder() throws Exception {
        Path keys = authority.keyStore("first", directory.resolve("user.p12"), "first-secret");
        Path password = Files.writeString(directory.resolve("user.password"), "first-secret");
        try (var factory = factory(Map.of(
                "security.protocol", "SSL",
                "ssl.keystore.type", "PKCS12",
                "ssl.keystore.location", keys.toString(),
                "ssl.keystore.password", secret("user.password"),
                "ssl.key.password", secret("user.password")))) {
            assertThat(nextSubject(factory)).isEqualTo("CN=first");

            authority.keyStore("second", keys, "second-secret");
            assertThat(nextSubject(factory)).isEqualTo("CN=first");
            Files.writeString(password, "second-secret");
            assertThat(nextSubject(factory)).isEqualTo("CN=second");

            Files.delete(password);
            assertThat(nextSubject(factory)).isEqualTo("CN=second");
            Files.writeString(password, "first-secret");
            assertThat(nextSubject(factory)).isEqualTo("CN=second");
            authority.keyStore("first", keys, "first-secret");
            assertThat(nextSubject(factory)).isEqualTo("CN=first");
        }
    }

    @Test
    void aTrustStoreIsTakenTogetherWithWhatChangedBesideIt() throws Exception {
        Path keys = authority.keyStore("first", directory.resolve("user.p12"), "first-secret");
        Files.writeString(directory.resolve("all.properties"), "user=first-secret");
        Path trust = Certificates.trustStore(directory.resolve("ca.p12"), authority);
        String password = "${file:" + directory + "/all.properties:user}";
        try (var factory = factory(Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.location",
                keys.toString(),
                "ssl.keystore.password",
                password,
                "ssl.key.password",
                password,
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                trust.toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD))) {
            assertThat(nextSubject(factory)).isEqualTo("CN=first");

            authority.keyStore("second", keys, "100%+$1-secret");
            Files.writeString(directory.resolve("all.properties"), "user=100%+$1-secret");
            Certificates.trustStore(trust, young);
            assertThat(nextSubject(factory)).isEqualTo("CN=second");
            assertThat(subject(factory.truststore())).isEqualTo("CN=young");
        }
    }

    @Test
    void certificatesThatArePropertiesAreReadAnewWhereTheyAreReferredTo() throws Exception {
        Path keys = authority.pemKeyStore("first", directory.resolve("client.pem"));
        Path chain = directory.resolve("client.crt");
        separate(keys, chain);
        Path trust = authority.pemTrustStore(directory.resolve("ca.crt"));
        try (var factory = factory(Map.of(
                "security.protocol",
                "SSL",
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.key",
                secret("client.pem"),
                "ssl.keystore.certificate.chain",
                secret("client.crt"),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                secret("ca.crt")))) {
            assertThat(nextSubject(factory)).isEqualTo("CN=first");

            authority.pemKeyStore("second", keys);
            separate(keys, chain);
            young.pemTrustStore(trust);
            assertThat(nextSubject(factory)).isEqualTo("CN=second");
            assertThat(subject(factory.truststore())).isEqualTo("CN=young");
        }
    }

    /** Moves the certificates out of a file with the key before them. */
    private static void separate(Path keys, Path chain) throws Exception {
        String both = Files.readString(keys);
        int certificates = both.indexOf("-----BEGIN CERTIFICATE");
        Files.writeString(chain, both.substring(certificates));
        Files.writeString(keys, both.substring(0, certificates));
    }
}
