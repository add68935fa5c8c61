package dev.finecomb.control;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may give orders: whoever brings the token. Without a token only this machine may, and no page of another site: a browser
 * would send its orders along with its user's reach.
 */
public final class OrderGate {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]", "0:0:0:0:0:0:0:1");
    private static final String SCHEME = "Bearer ";

    private final Optional<String> token;
    private final boolean local;

    /**
     * A gate.
     *
     * @param token that an order has to bring, if any
     * @param host the address that the service listens at
     */
    public OrderGate(Optional<String> token, String host) {
        this.token = token;
        this.local = LOOPBACK.contains(host);
    }

    /** Why the order is not taken; empty if it is. */
    Optional<Problem> refuse(HttpRequest<?> request) {
        if (isForeign(request)) {
            return Optional.of(new Problem(HttpStatus.FORBIDDEN, "orders from pages of other sites are not taken"));
        }
        if (token.isPresent()) {
            return brings(request, token.get())
                    ? Optional.empty()
                    : Optional.of(new Problem(
                            HttpStatus.UNAUTHORIZED,
                            "an order has to bring the token of finecomb.control.token",
                            Map.of("example", "Authorization: Bearer <the token>")));
        }
        if (!local || !isNamedLocally(request)) {
            return Optional.of(new Problem(
                    HttpStatus.FORBIDDEN,
                    "without a token only this machine may give orders: set finecomb.control.token"
                            + " (FINECOMB_CONTROL_TOKEN) and bring it as Authorization: Bearer"));
        }
        return Optional.empty();
    }

    private static boolean brings(HttpRequest<?> request, String token) {
        String brought =
                request.getHeaders().findFirst(HttpHeaders.AUTHORIZATION).orElse("");
        return brought.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        brought.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
    }

    /** A browser names the site whose page sends a request; command-line clients name none. */
    private static boolean isForeign(HttpRequest<?> request) {
        return request.getHeaders()
                .findFirst(HttpHeaders.ORIGIN)
                .filter(origin -> !origin.replaceFirst("^https?://", "").equals(host(request)))
                .isPresent();
    }

    /** A site can give its own name this machine's address; then its pages come by that name. */
    private static boolean isNamedLocally(HttpRequest<?> request) {
        String host = host(request);
        return host.isEmpty() || LOOPBACK.contains(host.replaceFirst(":\\d+$", ""));
    }

    private static String host(HttpRequest<?> request) {
        return request.getHeaders().findFirst(HttpHeaders.HOST).orElse("");
    }
}
