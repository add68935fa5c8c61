package dev.finecomb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthCommandTest {
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int status = 200;
    private String body = "{\"status\":\"UP\"}";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().getPath());
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private int port() {
        return server.getAddress().getPort();
    }

    @Test
    void aServiceThatIsReadyEndsWith0() {
        CommandRun run = CommandRun.of("health", "--port", port());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("UP");
        assertThat(asked).containsExactly("/health/readiness");
    }

    @Test
    void aServiceThatIsNotReadyEndsWith1AndSaysWhatItSaid() throws Exception {
        status = 503;
        body = "{\"status\":\"DOWN\",\"details\":{\"job\":{\"status\":\"DOWN\"}}}";
        CommandRun run = CommandRun.of("health", "--port", port(), "--live", "--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().at("/details/job/status").asText()).isEqualTo("DOWN");
        assertThat(asked).containsExactly("/health/liveness");
    }

    @Test
    void somebodyElseIsNotTakenForTheService() {
        status = 404;
        body = "<html>not here</html>";
        CommandRun run = CommandRun.of("health", "--port", port());
        assertThat(run.exitCode()).isEqualTo(78);
        assertThat(run.complaints()).contains("answered 404 without a status", "--port");
    }

    @Test
    void whereNobodyListensItEndsWith75() {
        int port = port();
        server.stop(0);
        CommandRun run = CommandRun.of("health", "--port", port);
        assertThat(run.exitCode()).isEqualTo(75);
        assertThat(run.complaints()).contains("127.0.0.1:" + port + "/health/readiness did not answer");
    }

    @Test
    void aPortThatIsNoneIsRefused() {
        assertThat(CommandRun.of("health", "--port", 70000).exitCode()).isEqualTo(64);
    }
}
