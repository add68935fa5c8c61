package dev.finecomb.security;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own TLS, with certificates that can be replaced under a running client: before each new connection it looks at the
 * key store's and the trust store's file and at the secrets that their properties refer to, passwords above all, and reads all of
 * them anew when any is another. Connections that exist stay as they are.
 *
 * <p>What can't be used, a half-written file or a store without its password among them, leaves what was read last in force;
 * that is logged once, and tried again before each connection. Only at the start it is an error.
 *
 * <p>It compares contents, not times: a mounted secret is replaced by turning a link, to a file that may be older.
 */
public final class RenewingSslEngineFactory implements SslEngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(RenewingSslEngineFactory.class);

    /** Before the name of a property, that of another one with the value as it was given. */
    private static final String GIVEN = "finecomb.renewed.";

    private Map<String, ?> settings = Map.of();
    private List<Path> files = List.of();
    /** The values as they were given of the properties that refer to secrets. */
    private final SortedMap<String, String> references = new TreeMap<>();
    /** Of what is in force. */
    private byte[] loaded = {};
    /** Of what was complained about last. */
    private byte[] unusable = {};

    private @Nullable DefaultSslEngineFactory current;

    /**
     * Adds to a client's properties what keeps a reference from being followed only once. Kafka replaces every reference in what
     * it is given, so this one is disguised.
     */
    static void renew(String name, String value, Map<String, String> properties) {
        properties.put(GIVEN + name, URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void configure(Map<String, ?> configs) {
        settings = new HashMap<>(configs);
        for (String name : SslConfigs.RECONFIGURABLE_CONFIGS) {
            // Asked by its name, or Kafka would warn that nobody uses it.
            if (configs.get(GIVEN + name) instanceof String given && settings.get(name) instanceof Password) {
                references.put(name, URLDecoder.decode(given, StandardCharsets.UTF_8));
            }
        }
        files = Stream.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
                .map(settings::get)
                .filter(String.class::isInstance)
                .map(name -> Path.of((String) name))
                .toList();
        loaded = digest();
        current = load();
    }

    /** Kafka's own, with what the files hold now, or held when they last could be used. */
    private synchronized DefaultSslEngineFactory newest() {
        byte[] now = digest();
        if (!Arrays.equals(now, loaded)) {
            try {
                current = load();
                loaded = now;
                LOG.info("certificates read anew, for connections from now on: {}", sources());
            } catch (KafkaException | IllegalArgumentException failure) {
                complain(now, failure);
            }
        }
        return configured(current);
    }

    private void complain(byte[] now, RuntimeException failure) {
        if (!Arrays.equals(now, unusable)) {
            unusable = now;
            LOG.warn(
                    "new connections go on with the certificates read before, because what {} hold now can't be used: {}."
                            + " Put a whole key store and trust store there, and the passwords that belong to them.",
                    sources(),
                    root(failure).toString());
        }
    }

    private DefaultSslEngineFactory load() {
        var made = new DefaultSslEngineFactory();
        Map<String, Object> now = new HashMap<>(settings);
        references.forEach((name, given) -> now.put(name, new Password(ClientProperties.resolved(name, given))));
        made.configure(now);
        return made;
    }

    /** By name: what stands beside a reference may be half of a secret. */
    private List<String> sources() {
        return Stream.concat(files.stream().map(Path::toString), references.keySet().stream())
                .toList();
    }

    private byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(MessageDigest.getInstance("SHA-256").digest(content(file)));
            }
            for (Map.Entry<String, String> reference : references.entrySet()) {
                digest.update(
                        MessageDigest.getInstance("SHA-256").digest(content(reference.getKey(), reference.getValue())));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** A file that can't be read is as good as an empty one: loading it says why. */
    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            return new byte[0];
        }
    }

    /** The same for secrets. */
    private static byte[] content(String name, String given) {
        try {
            return ClientProperties.resolved(name, given).getBytes(StandardCharsets.UTF_8);
        } catch (ClientPropertiesException unreadable) {
            return new byte[0];
        }
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static DefaultSslEngineFactory configured(@Nullable DefaultSslEngineFactory factory) {
        if (factory == null) {
            throw new IllegalStateException("a factory is configured before it is used");
        }
        return factory;
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        return newest().createClientSslEngine(peerHost, peerPort, endpointIdentification);
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        return newest().createServerSslEngine(peerHost, peerPort);
    }

    /** Never by others: it renews itself. */
    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public synchronized @Nullable KeyStore keystore() {
        return configured(current).keystore();
    }

    @Override
    public synchronized @Nullable KeyStore truststore() {
        return configured(current).truststore();
    }

    @Override
    public synchronized void close() {
        configured(current).close();
    }
}
