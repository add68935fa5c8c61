package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderGateTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            token            | listens   | Host           | Origin                | Authorization           | refused
            -                | 127.0.0.1 | localhost:8080 | -                     | -                       | 0
            -                | 127.0.0.1 | 127.0.0.1:8080 | http://127.0.0.1:8080 | -                       | 0
            -                | ::1       | [::1]:8080     | -                     | -                       | 0
            -                | 127.0.0.1 | evil.example   | http://evil.example   | -                       | 403
            -                | 127.0.0.1 | evil.example   | -                     | -                       | 403
            -                | 127.0.0.1 | localhost:8080 | http://evil.example   | -                       | 403
            -                | 127.0.0.1 | localhost:8080 | null                  | -                       | 403
            -                | 0.0.0.0   | localhost:8080 | -                     | -                       | 403
            -                | 0.0.0.0   | localhost:8080 | -                     | Bearer 0123456789abcdef | 403
            0123456789abcdef | 0.0.0.0   | pod:8080       | -                     | Bearer 0123456789abcdef | 0
            0123456789abcdef | 0.0.0.0   | pod:8080       | http://pod:8080       | bearer 0123456789abcdef | 0
            0123456789abcdef | 0.0.0.0   | pod:8080       | http://evil.example   | Bearer 0123456789abcdef | 403
            0123456789abcdef | 0.0.0.0   | pod:8080       | -                     | -                       | 401
            0123456789abcdef | 127.0.0.1 | localhost:8080 | -                     | -                       | 401
            0123456789abcdef | 127.0.0.1 | localhost:8080 | -                     | Bearer 0123456789abcdeF | 401
            0123456789abcdef | 127.0.0.1 | localhost:8080 | -                     | Bearer 0123456789abcde  | 401
            0123456789abcdef | 127.0.0.1 | localhost:8080 | -                     | Basic 0123456789abcdef  | 401
            0123456789abcdef | 127.0.0.1 | localhost:8080 | -                     | 0123456789abcdef        | 401""", useHeadersInDisplayName = true)
    void whoMayGiveOrders(
            @Nullable String token,
            String listens,
            String host,
            @Nullable String origin,
            @Nullable String authorization,
            int refused) {
        MutableHttpRequest<?> request = HttpRequest.POST("/job/stop", "").header("Host", host);
        if (origin != null) {
            request.header("Origin", origin);
        }
        if (authorization != null) {
            request.header("Authorization", authorization);
        }

        Optional<Problem> refusal = new OrderGate(Optional.ofNullable(token), listens).refuse(request);

        assertThat(refusal.map(problem -> problem.status().getCode()).orElse(0)).isEqualTo(refused);
    }
}
