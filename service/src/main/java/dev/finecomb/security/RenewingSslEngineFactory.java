package dev.finecomb.security;

import java.io.IOException;
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
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka's own TLS, with certificates that can be replaced under a running client: before each new connection it looks at the
 * key store's and the trust store's file, and reads both anew when either holds something else. Connections that exist stay as
 * they are.
 *
 * <p>Files that can't be used, half-written ones among them, leave what was read last in force; that is logged once, and tried
 * again with each content that follows. Only at the start such files are an error.
 *
 * <p>It compares contents, not times: a mounted secret is replaced by turning a link, to a file that may be older.
 */
public final class RenewingSslEngineFactory implements SslEngineFactory {
    private static final Logger LOG = LoggerFactory.getLogger(RenewingSslEngineFactory.class);

    private Map<String, ?> settings = Map.of();
    private List<Path> files = List.of();
    /** Of what is in force. */
    private byte[] loaded = {};
    /** Of what was complained about last. */
    private byte[] unusable = {};

    private @Nullable DefaultSslEngineFactory current;

    @Override
    public synchronized void configure(Map<String, ?> configs) {
        settings = new HashMap<>(configs);
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
                LOG.info("certificates read anew, for connections from now on: {}", files);
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
                            + " Put a whole key store and trust store there.",
                    files,
                    root(failure).toString());
        }
    }

    private DefaultSslEngineFactory load() {
        var made = new DefaultSslEngineFactory();
        made.configure(settings);
        return made;
    }

    private byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(MessageDigest.getInstance("SHA-256").digest(content(file)));
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
