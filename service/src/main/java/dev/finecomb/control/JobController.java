package dev.finecomb.control;

import dev.finecomb.protocol.MalformedMessageException;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Verb;
import dev.finecomb.status.StatusBoard;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /job}: everything about the job. {@code POST /job/{verb}}: an order to it, answered when its effect is
 * committed: 200 applied, 409 refused, 202 when it still waits after the bound, 400 for a body that is no order, 404 for an
 * unknown verb, 403 for a page of another site.
 *
 * <p>The body may be missing; else it is JSON with any of {@code id}, {@code args}, {@code expectedIncarnation} and {@code
 * expiresAt}, as in the commands topic. Whoever does not know what became of an order sends it again under the same id: it
 * is applied once and answered as it was at first.
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
    public CompletableFuture<HttpResponse<Map<String, Object>>> order(
            HttpRequest<?> request, String verb, @Body @Nullable String body) {
        if (isForeign(request)) {
            return answered(HttpStatus.FORBIDDEN, Map.of("reason", "orders from pages of other sites are not taken"));
        }
        Optional<Verb> known = Arrays.stream(Verb.values())
                .filter(each -> each.wireName().equals(verb))
                .findFirst();
        if (known.isEmpty()) {
            return answered(HttpStatus.NOT_FOUND, Map.of("reason", "unknown verb " + verb, "verbs", verbs()));
        }
        try {
            return order(command(known.get(), body));
        } catch (MalformedMessageException e) {
            return answered(HttpStatus.BAD_REQUEST, complaint(known.get(), e));
        }
    }

    private CompletableFuture<HttpResponse<Map<String, Object>>> order(Command command) {
        return mailbox.submit(command)
                .thenApply(result -> answer(command, result))
                .completeOnTimeout(
                        answer(HttpStatus.ACCEPTED, command, "waiting", Map.of()),
                        BOUND.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private Command command(Verb verb, @Nullable String body) throws MalformedMessageException {
        String id = "http-" + clock.millis() + "-" + orders.incrementAndGet();
        String json = body == null || body.isEmpty() ? "{}" : body;
        return Command.decode(json.getBytes(StandardCharsets.UTF_8), verb, id);
    }

    private static Object verbs() {
        return Arrays.stream(Verb.values()).map(Verb::wireName).toList();
    }

    /** A browser names the site whose page sends a request; command-line clients name none. */
    private static boolean isForeign(HttpRequest<?> request) {
        Optional<String> host = request.getHeaders().findFirst("Host");
        return request.getHeaders()
                .findFirst("Origin")
                .filter(origin -> !origin.replaceFirst("^https?://", "").equals(host.orElse("")))
                .isPresent();
    }

    private static Map<String, Object> complaint(Verb verb, MalformedMessageException malformed) {
        Map<String, Object> args =
                verb == Verb.SET_LEARNING_RATE ? Map.of("args", Map.of(Command.LEARNING_RATE, 0.01)) : Map.of();
        Map<String, Object> example = new LinkedHashMap<>(args);
        example.put("id", "any text, once per order");
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("verb", verb.wireName());
        body.put("reason", "the body is no order: " + malformed.getMessage());
        body.put("field", malformed.field());
        body.put("expected", malformed.expected());
        body.put("found", malformed.found());
        body.put("example", example);
        return body;
    }

    private static HttpResponse<Map<String, Object>> answer(Command command, CommandResult result) {
        return switch (result) {
            case CommandResult.Applied(long step) -> answer(HttpStatus.OK, command, "applied", Map.of("step", step));
            case CommandResult.Refused(String reason) ->
                answer(HttpStatus.CONFLICT, command, "refused", Map.of("reason", reason));
        };
    }

    private static HttpResponse<Map<String, Object>> answer(
            HttpStatus status, Command command, String outcome, Map<String, Object> more) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("verb", command.verb().wireName());
        body.put("outcome", outcome);
        body.put("id", command.id());
        body.putAll(more);
        return answer(status, body);
    }

    private static HttpResponse<Map<String, Object>> answer(HttpStatus status, Map<String, Object> body) {
        return HttpResponse.<Map<String, Object>>status(status).body(body);
    }

    private static CompletableFuture<HttpResponse<Map<String, Object>>> answered(
            HttpStatus status, Map<String, Object> body) {
        return CompletableFuture.completedFuture(answer(status, body));
    }
}
