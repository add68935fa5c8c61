package dev.finecomb.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The packaged service, as a process of its own. */
final class Service implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final JavaProcess process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI status;

    private Service(JavaProcess process, int port) {
        this.process = process;
        this.status = URI.create("http://127.0.0.1:" + port + "/job");
    }

    /** Starts it with the job's settings, which are written first. */
    static Service start(Job job, List<String> virtualMachine) throws IOException {
        int port = freePort();
        List<String> arguments = new ArrayList<>(virtualMachine);
        arguments.addAll(List.of(
                "-Dmicronaut.config.files=" + job.write(),
                "-Dmicronaut.server.port=" + port,
                "-jar",
                jar().toString()));
        return new Service(JavaProcess.start(arguments, job.directory().resolve("service.log")), port);
    }

    static Path jar() {
        return Path.of(System.getProperty("finecomb.jar", "target/finecomb.jar"))
                .toAbsolutePath();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The job's status; empty while nobody answers. */
    Optional<JsonNode> job() throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(status).timeout(Duration.ofSeconds(10)).build();
        try {
            return Optional.of(JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body()));
        } catch (IOException notUp) {
            return Optional.empty();
        }
    }

    /** Steps done, 0 while nobody answers. */
    long steps() throws InterruptedException {
        return job().map(now ->
                        now.path("training").path("progress").path("step").asLong())
                .orElse(0L);
    }

    void awaitOwner() throws IOException, InterruptedException {
        await(now -> now.path("runtime").path("owner").asBoolean());
    }

    /** Waits until so many steps are done. */
    void awaitSteps(long steps) throws IOException, InterruptedException {
        await(now -> now.path("training").path("progress").path("step").asLong() >= steps);
    }

    private void await(Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        while (job().filter(wanted).isEmpty()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the service does not get there; its log says\n" + process.log());
            }
            Thread.sleep(100);
        }
    }

    JavaProcess process() {
        return process;
    }

    /** Lets it commit and end. */
    void stop() throws IOException, InterruptedException {
        process.end();
    }

    @Override
    public void close() {
        process.close();
        http.close();
    }
}
