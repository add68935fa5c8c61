package dev.finecomb.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running service how it is, for those who watch a container and have nothing in it to ask with. */
@Command(
        name = "health",
        description = {
            "Asks the service on this machine whether it does what it is for.",
            "Ends with 0 if it is UP, 1 if it is DOWN, 75 if nobody answers."
        },
        mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Option(names = "--live", description = "Ask only whether it is alive: whether a restart would help if it is DOWN.")
    private boolean live;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${env:MICRONAUT_SERVER_PORT:-8080}",
            description = "Where it listens; by default MICRONAUT_SERVER_PORT, or 8080.")
    private int port;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "How long to wait for the answer, such as 500ms or 5s; 5s by default.")
    private Duration timeout = Duration.ofSeconds(5);

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        URI address = address();
        HttpResponse<String> response = ask(address);
        JsonNode body = body(response);
        String status = body.path("status").asText();
        if (status.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION,
                    address + " answered " + response.statusCode()
                            + " without a status: something else listens there. Name the service's port by --port");
        }
        output.answer(status, body);
        return (status.equals("UP") ? ExitCode.DONE : ExitCode.BROKEN_PROMISE).code();
    }

    private URI address() throws CommandFailure {
        if (port < 1 || port > 65535) {
            throw new CommandFailure(ExitCode.USAGE, "--port is " + port + "; expected 1 to 65535");
        }
        return URI.create("http://127.0.0.1:" + port + "/health/" + (live ? "liveness" : "readiness"));
    }

    private HttpResponse<String> ask(URI address) throws CommandFailure, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(timeout).build()) {
            return http.send(
                    HttpRequest.newBuilder(address).timeout(timeout).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException unanswered) {
            throw new CommandFailure(
                    ExitCode.RETRY,
                    address + " did not answer: " + unanswered + ". Is the service running, and is that its port?",
                    unanswered);
        }
    }

    private static JsonNode body(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException somebodyElses) {
            return JSON.missingNode();
        }
    }
}
