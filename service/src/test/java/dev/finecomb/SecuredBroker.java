package dev.finecomb;

import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.security.Grant;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/**
 * A broker with an authorizer that grants nothing by itself, and a listener for each way to say who one is: passwords and
 * tokens over TLS, and certificates. Who comes without, by the plain listener, may do everything.
 */
public final class SecuredBroker implements AutoCloseable {
    public static final String PASSWORDS = "PASSWORDS";
    public static final String CERTIFICATES = "CERTIFICATES";
    public static final String TOKENS = "TOKENS";

    private static final int LEAST_ITERATIONS = 4096;
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private final EmbeddedKafka kafka;
    private final Admin admin;

    private SecuredBroker(EmbeddedKafka kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    /**
     * Starts it.
     *
     * @param keyStore of the broker, in PKCS12
     * @param trustStore for clients' certificates, in PKCS12
     * @param more properties of the broker
     */
    public static SecuredBroker start(Path directory, Path keyStore, Path trustStore, Map<String, String> more) {
        Map<String, String> properties = properties(keyStore, trustStore);
        properties.putAll(more);
        return new SecuredBroker(EmbeddedKafka.start(directory, 0, properties));
    }

    /** The same, which takes tokens of the issuer. */
    public static SecuredBroker start(Path directory, Path keyStore, Path trustStore, TokenIssuer issuer) {
        Map<String, String> properties = properties(keyStore, trustStore);
        // The broker is in this process and asks for the key.
        System.setProperty(ALLOWED_URLS, issuer.keysUrl());
        properties.merge("listeners", "," + TOKENS + "://127.0.0.1:0", String::concat);
        properties.merge("listener.security.protocol.map", "," + TOKENS + ":SASL_SSL", String::concat);
        properties.put("listener.name.tokens.sasl.enabled.mechanisms", "OAUTHBEARER");
        String mechanism = "listener.name.tokens.oauthbearer.";
        properties.put(
                mechanism + "sasl.jaas.config",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
        properties.put(
                mechanism + "sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
        properties.put("sasl.oauthbearer.jwks.endpoint.url", issuer.keysUrl());
        properties.put("sasl.oauthbearer.expected.audience", "kafka");
        return new SecuredBroker(EmbeddedKafka.start(directory, 0, properties));
    }

    private static Map<String, String> properties(Path keyStore, Path trustStore) {
        Map<String, String> p = new HashMap<>();
        p.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0," + PASSWORDS + "://127.0.0.1:0," + CERTIFICATES
                        + "://127.0.0.1:0");
        p.put(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT," + PASSWORDS + ":SASL_SSL," + CERTIFICATES + ":SSL");
        p.put("listener.name.passwords.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        p.put(
                "listener.name.passwords.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        p.put("listener.name.certificates.ssl.client.auth", "required");
        p.put("ssl.keystore.location", keyStore.toString());
        p.put("ssl.keystore.password", Certificates.PASSWORD);
        p.put("ssl.keystore.type", "PKCS12");
        p.put("ssl.truststore.location", trustStore.toString());
        p.put("ssl.truststore.password", Certificates.PASSWORD);
        p.put("ssl.truststore.type", "PKCS12");
        p.put("authorizer.class.name", RecordingAuthorizer.class.getName());
        p.put("super.users", "User:ANONYMOUS");
        return p;
    }

    /** For who may do everything. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    public String bootstrapServers(String listener) {
        return kafka.bootstrapServers(listener);
    }

    /** An administrator who may do everything. */
    public Admin admin() {
        return admin;
    }

    /** Makes a user, or gives him another password. */
    public void setPassword(String user, String password) throws Exception {
        var info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, LEAST_ITERATIONS);
        admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, password)))
                .all()
                .get();
    }

    /** Grants, and waits until that counts. */
    public void grant(String principal, Collection<Grant> grants) throws Exception {
        List<AclBinding> bindings =
                grants.stream().map(grant -> grant.binding(principal)).toList();
        admin.createAcls(bindings).all().get();
        for (AclBinding binding : bindings) {
            await(binding, true);
        }
    }

    /** Takes grants away, and waits until that counts. */
    public void revoke(String principal, Collection<Grant> grants) throws Exception {
        List<AclBinding> bindings =
                grants.stream().map(grant -> grant.binding(principal)).toList();
        admin.deleteAcls(bindings.stream().map(AclBinding::toFilter).toList())
                .all()
                .get();
        for (AclBinding binding : bindings) {
            await(binding, false);
        }
    }

    /** The controller decides, the broker's authorizer hears of it a moment later. */
    private void await(AclBinding binding, boolean present) throws Exception {
        AclBindingFilter filter = binding.toFilter();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (admin.describeAcls(filter).values().get().isEmpty() == present) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(binding + (present ? " did not come" : " did not go"));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Override
    public void close() {
        admin.close();
        kafka.close();
        System.clearProperty(ALLOWED_URLS);
    }
}
