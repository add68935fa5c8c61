package dev.finecomb.control;

import dev.finecomb.status.StatusBoard;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code GET /job}: everything about the job. {@code POST /job/{verb}}: an order to it, answered when the loop took it:
 * 200 applied, 409 refused, 202 when it still waits after the bound, 404 for an unknown verb, 403 for a page of another
 * site.
 */
@Controller("/job")
public final class JobController {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final StatusBoard board;
    private final CommandMailbox mailbox;
    private final InstantSource clock;
    private final AtomicLong orders = new AtomicLong();

    public JobController(StatusBoard board, CommandMailbox mailbox, InstantSource clock) {
        this.board = board;
        this.mailbox = mailbox;
        this.clock = clock;
    }

    /** Everything about the job at this moment. */
    @Get
    public Map<String, Object> status() {
        return StatusDocument.of(board.current());
    }

    /** Gives the job an order. */
    @Post("/{verb}")
    @Consumes(MediaType.ALL)
    public CompletableFuture<HttpResponse<Map<String, Object>>> order(HttpRequest<?> request, String verb) {
        if (isForeign(request)) {
            return CompletableFuture.completedFuture(
                    answer(HttpStatus.FORBIDDEN, Map.of("reason", "orders from pages of other sites are not taken")));
        }
        Optional<Command> command = Command.of(verb);
        if (command.isEmpty()) {
            List<String> verbs = Command.all().stream().map(Command::verb).toList();
            return CompletableFuture.completedFuture(
                    answer(HttpStatus.NOT_FOUND, Map.of("reason", "unknown verb " + verb, "verbs", verbs)));
        }
        String id = "http-" + clock.millis() + "-" + orders.incrementAndGet();
        return mailbox.submit(id, command.get())
                .thenApply(result -> answer(verb, id, result))
                .completeOnTimeout(
                        answer(HttpStatus.ACCEPTED, verb, "waiting", Map.of("id", id)),
                        BOUND.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** A browser names the site whose page sends a request; command-line clients name none. */
    private static boolean isForeign(HttpRequest<?> request) {
        Optional<String> host = request.getHeaders().findFirst("Host");
        return request.getHeaders()
                .findFirst("Origin")
                .filter(origin -> !origin.replaceFirst("^https?://", "").equals(host.orElse("")))
                .isPresent();
    }

    private static HttpResponse<Map<String, Object>> answer(String verb, String id, CommandResult result) {
        return switch (result) {
            case CommandResult.Applied(long step) ->
                answer(HttpStatus.OK, verb, "applied", Map.of("id", id, "step", step));
            case CommandResult.Refused(String reason) ->
                answer(HttpStatus.CONFLICT, verb, "refused", Map.of("id", id, "reason", reason));
        };
    }

    private static HttpResponse<Map<String, Object>> answer(
            HttpStatus status, String verb, String outcome, Map<String, Object> more) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("verb", verb);
        body.put("outcome", outcome);
        body.putAll(more);
        return answer(status, body);
    }

    private static HttpResponse<Map<String, Object>> answer(HttpStatus status, Map<String, Object> body) {
        return HttpResponse.<Map<String, Object>>status(status).body(body);
    }
}
