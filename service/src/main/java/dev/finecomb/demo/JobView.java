package dev.finecomb.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Looks at a job through the service's HTTP interface, as anybody can. */
final class JobView implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI job;

    JobView(int port) {
        this.job = URI.create("http://127.0.0.1:" + port + "/job");
    }

    /** The job's status; empty while the service does not answer. */
    Optional<JsonNode> look() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(job).timeout(Duration.ofSeconds(5)).build();
        try {
            return Optional.of(JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body()));
        } catch (IOException notUp) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
