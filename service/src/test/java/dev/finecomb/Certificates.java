package dev.finecomb;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority and what it signs, by the JDK's own keytool. */
public final class Certificates {
    /** Of every store that is written. */
    public static final String PASSWORD = "changeit";

    private static final String AUTHORITY = "authority";

    private final Path all;

    private Certificates(Path all) {
        this.all = all;
    }

    /** A new authority; its keys lie below the directory. */
    public static Certificates authority(Path directory, String name) throws Exception {
        Files.createDirectories(directory);
        var made = new Certificates(directory.resolve(name + ".p12"));
        made.keytool("-alias", AUTHORITY, "-dname", "CN=" + name, "-ext", "bc:c");
        return made;
    }

    /** Signs a key pair that is valid for 127.0.0.1 as a server's, and as a client's. */
    public Certificates sign(String alias) throws Exception {
        keytool("-alias", alias, "-dname", "CN=" + alias, "-signer", AUTHORITY, "-ext", "san=ip:127.0.0.1");
        return this;
    }

    /** The same for one that expired yesterday. */
    public Certificates signExpired(String alias) throws Exception {
        keytool("-alias", alias, "-dname", "CN=" + alias, "-signer", AUTHORITY, "-startdate", "-2d", "-validity", "1");
        return this;
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                all.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(said);
        }
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(all)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** Writes a key store in PKCS12 with that key pair alone. */
    public Path keyStore(String alias, Path file) throws Exception {
        return keyStore(alias, file, PASSWORD);
    }

    /** The same with another password, of the store and of the key. */
    public Path keyStore(String alias, Path file, String password) throws Exception {
        KeyStore from = load();
        KeyStore to = empty();
        to.setKeyEntry(
                alias,
                from.getKey(alias, PASSWORD.toCharArray()),
                password.toCharArray(),
                from.getCertificateChain(alias));
        return write(to, file, password);
    }

    /** Writes a trust store in PKCS12 of authorities. */
    public static Path trustStore(Path file, Certificates... authorities) throws Exception {
        KeyStore to = empty();
        for (int i = 0; i < authorities.length; i++) {
            to.setCertificateEntry("authority-" + i, authorities[i].load().getCertificate(AUTHORITY));
        }
        return write(to, file, PASSWORD);
    }

    /** Writes a key and its certificates as PEM, one file as Kafka reads it. */
    public Path pemKeyStore(String alias, Path file) throws Exception {
        KeyStore from = load();
        Key key = from.getKey(alias, PASSWORD.toCharArray());
        var text = new StringBuilder(pem("PRIVATE KEY", key.getEncoded()));
        for (Certificate certificate : from.getCertificateChain(alias)) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return replace(file, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Writes the authority's certificate as PEM. */
    public Path pemTrustStore(Path file) throws Exception {
        byte[] encoded = load().getCertificate(AUTHORITY).getEncoded();
        return replace(file, pem("CERTIFICATE", encoded).getBytes(StandardCharsets.US_ASCII));
    }

    private static String pem(String kind, byte[] encoded) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(encoded);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Path write(KeyStore store, Path file, String password) throws IOException, GeneralSecurityException {
        var bytes = new ByteArrayOutputStream();
        store.store(bytes, password.toCharArray());
        return replace(file, bytes.toByteArray());
    }

    private static Path replace(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, content);
    }
}
