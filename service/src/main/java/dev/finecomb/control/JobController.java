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
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
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
 * unknown verb, 401 and 403 from the {@link OrderGate}. Errors are problems as RFC 9457 has them.
 *
 * <p>The body may be missing; else it is JSON with any of {@code id}, {@code args}, {@code expectedIncarnation} and {@code
 * expiresAt}, as in the commands topic. Whoever does not know what became of an order sends it again under the same id: it
 * is applied once and answered as it was at first.
 */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Finecomb",
                        version = "0.1",
                        description = "One job: its status, its history, its masks, and orders to it."))
@Controller("/job")
public final class JobController {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final StatusBoard board;
    private final CommandMailbox mailbox;
    private final OrderGate gate;
    private final InstantSource clock;
    private final AtomicLong orders = new AtomicLong();

    public JobController(StatusBoard board, CommandMailbox mailbox, OrderGate gate, InstantSource clock) {
        this.board = board;
        this.mailbox = mailbox;
        this.gate = gate;
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
        Optional<Problem> refusal = gate.refuse(request);
        if (refusal.isPresent()) {
            return refused(refusal.get());
        }
        Optional<Verb> known = Arrays.stream(Verb.values())
                .filter(each -> each.wireName().equals(verb))
                .findFirst();
        if (known.isEmpty()) {
            return refused(new Problem(HttpStatus.NOT_FOUND, "unknown verb " + verb, Map.of("verbs", verbs())));
        }
        try {
            return order(command(known.get(), body));
        } catch (MalformedMessageException e) {
            return refused(complaint(known.get(), e));
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

    private static Problem complaint(Verb verb, MalformedMessageException malformed) {
        Map<String, Object> args =
                verb == Verb.SET_LEARNING_RATE ? Map.of("args", Map.of(Command.LEARNING_RATE, 0.01)) : Map.of();
        Map<String, Object> example = new LinkedHashMap<>(args);
        example.put("id", "any text, once per order");
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("verb", verb.wireName());
        body.put("field", malformed.field());
        body.put("expected", malformed.expected());
        body.put("found", malformed.found());
        body.put("example", example);
        return new Problem(HttpStatus.BAD_REQUEST, "the body is no order: " + malformed.getMessage(), body);
    }

    private static HttpResponse<Map<String, Object>> answer(Command command, CommandResult result) {
        return switch (result) {
            case CommandResult.Applied(long step) -> answer(HttpStatus.OK, command, "applied", Map.of("step", step));
            case CommandResult.Refused(String reason) ->
                new Problem(HttpStatus.CONFLICT, reason, outcome(command, "refused", Map.of())).response();
        };
    }

    private static HttpResponse<Map<String, Object>> answer(
            HttpStatus status, Command command, String outcome, Map<String, Object> more) {
        return HttpResponse.<Map<String, Object>>status(status).body(outcome(command, outcome, more));
    }

    private static Map<String, Object> outcome(Command command, String outcome, Map<String, Object> more) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("verb", command.verb().wireName());
        body.put("outcome", outcome);
        body.put("id", command.id());
        body.putAll(more);
        return body;
    }

    private static CompletableFuture<HttpResponse<Map<String, Object>>> refused(Problem problem) {
        return CompletableFuture.completedFuture(problem.response());
    }
}
