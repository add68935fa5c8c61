package dev.finecomb;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** An OAuth 2 server that knows one client: gives tokens for its secret, signed, and shows the key they are signed with. */
public final class TokenIssuer implements AutoCloseable {
    public static final String CLIENT = "finecomb-token";
    public static final String SECRET = "open-sesame";

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int LIFETIME_SECONDS = 600;

    private final HttpServer server;
    private final KeyPair keys;
    private final AtomicInteger given = new AtomicInteger();

    private TokenIssuer(HttpServer server, KeyPair keys) {
        this.server = server;
        this.keys = keys;
    }

    public static TokenIssuer start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var issuer = new TokenIssuer(server, generator.generateKeyPair());
        server.createContext("/token", issuer::token);
        server.createContext("/keys", issuer::keys);
        server.start();
        return issuer;
    }

    public String tokenUrl() {
        return url("/token");
    }

    public String keysUrl() {
        return url("/keys");
    }

    /** How many tokens were given. */
    public int given() {
        return given.get();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private void token(HttpExchange exchange) throws IOException {
        String expected =
                "Basic " + Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            answer(exchange, 401, "{\"error\": \"invalid_client\"}");
            return;
        }
        given.incrementAndGet();
        answer(
                exchange,
                200,
                "{\"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": %d}"
                        .formatted(signed(), LIFETIME_SECONDS));
    }

    private String signed() {
        long now = Instant.now().getEpochSecond();
        String claims =
                "{\"iss\": \"issuer\", \"aud\": \"kafka\", \"sub\": \"%s\", \"scope\": \"kafka\", \"iat\": %d, \"exp\": %d}"
                        .formatted(CLIENT, now, now + LIFETIME_SECONDS);
        String text = encoded("{\"alg\": \"RS256\", \"kid\": \"1\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + encoded(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + encoded(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private void keys(HttpExchange exchange) throws IOException {
        var key = (RSAPublicKey) keys.getPublic();
        answer(
                exchange,
                200,
                "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"1\", \"use\": \"sig\", \"alg\": \"RS256\", \"n\": \"%s\", \"e\": \"%s\"}]}"
                        .formatted(encoded(unsigned(key.getModulus())), encoded(unsigned(key.getPublicExponent()))));
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static String encoded(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
