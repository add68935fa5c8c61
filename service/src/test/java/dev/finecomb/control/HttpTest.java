package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.json.Scalar;
import dev.finecomb.protocol.mask.GroupedLayout;
import dev.finecomb.protocol.message.Command;
import dev.finecomb.protocol.message.Verb;
import dev.finecomb.status.Boards;
import dev.finecomb.status.History;
import dev.finecomb.status.MaskBoard;
import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.StatusFixtures;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpRequest;
import io.micronaut.http.client.BlockingHttpClient;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.annotation.Client;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service's real server, with a status that the test hangs up and a loop that the test plays. */
@MicronautTest
class HttpTest {

    private static final Argument<Map<String, Object>> DOCUMENT = Argument.mapOf(String.class, Object.class);

    private final StatusBoard board;
    private final CommandMailbox mailbox;
    private final History history;
    private final MaskBoard masks;
    private final EmbeddedServer server;
    private final BlockingHttpClient client;

    HttpTest(Boards boards, CommandMailbox mailbox, EmbeddedServer server, @Client("/") HttpClient client) {
        this.board = boards.status();
        this.history = boards.history();
        this.masks = boards.masks();
        this.server = server;
        this.mailbox = mailbox;
        this.client = client.toBlocking();
    }

    @BeforeEach
    void hangUpTheStatus() {
        board.publish(StatusFixtures.removing());
        board.update(status -> status.with(status.runtime().progressed(Instant.now(), 33)));
    }

    @Test
    void theJobIsShownWithEveryLayerAndItsVerdict() {
        String body = client.retrieve("/job");
        Map<String, Object> job = client.retrieve(HttpRequest.GET("/job"), DOCUMENT);

        assertThat(job).containsOnlyKeys("identity", "phase", "training", "input", "commit", "runtime");
        assertThat(body)
                .contains("\"identity\":{\"job\":\"digits\",\"incarnation\":\"i-1\",\"pattern\":\"2:4\"")
                .contains("\"phase\":{\"state\":\"removing\",\"since\":\"2026-03-01T11:59:00Z\"}")
                .contains("\"plannedSteps\":600")
                .contains("\"steps\":{\"count\":40,\"totalMillis\":2000.0,\"lastMillis\":7.0}")
                .contains("\"loss\":0.75")
                .contains("{\"parameter\":\"fc.weight\",\"shape\":[32,64],\"sparse\":true,\"reason\":\"input axis "
                        + "divisible by 4\",\"weights\":2048,\"kept\":1792}")
                .contains("\"positions\":{\"0\":45}")
                .contains("\"rejects\":{\"DTYPE\":2}")
                .contains("\"lastCommittedAt\":\"2026-03-01T11:59:58Z\"")
                .contains("\"waiting\":\"nothing\"")
                .doesNotContain("gradientNorm");
    }

    @Test
    void anOrderIsAnsweredWhenTheLoopTookIt() throws InterruptedException {
        HttpResponse<Map<String, Object>> response = order("pause", pending -> {
            assertThat(pending.command()).isEqualTo(Command.of(pending.command().id(), Verb.PAUSE));
            assertThat(pending.command().id()).startsWith("http-");
            pending.applied(43);
        });

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.OK.getCode());
        assertThat(response.body())
                .containsEntry("verb", "pause")
                .containsEntry("outcome", "applied")
                .containsEntry("step", 43)
                .containsKey("id");
    }

    @Test
    void aRefusalIsAConflictWithItsReason() throws InterruptedException {
        HttpResponse<Map<String, Object>> response =
                order("export", pending -> pending.refused("masks are not final before step 300"));

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.CONFLICT.getCode());
        assertThat(response.body())
                .containsEntry("outcome", "refused")
                .containsEntry("title", "Conflict")
                .containsEntry("status", 409)
                .containsEntry("detail", "masks are not final before step 300");
    }

    @Test
    void aBodySaysWhatTheOrderIsLikeAndUnderWhichIdItMayBeRepeated() throws InterruptedException {
        String body = """
                {"id": "mine", "args": {"learningRate": 0.01}, "expectedIncarnation": "i-1",
                 "expiresAt": "2026-03-01T12:00:00Z"}""";
        Command expected = new Command(
                "mine",
                Verb.SET_LEARNING_RATE,
                Map.of(Command.LEARNING_RATE, Scalar.of(0.01)),
                new Command.Validity("i-1", Instant.parse("2026-03-01T12:00:00Z")));
        for (String type :
                List.of(MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN, MediaType.APPLICATION_FORM_URLENCODED)) {
            HttpResponse<Map<String, Object>> response =
                    order(HttpRequest.POST("/job/set-learning-rate", body).contentType(type), pending -> {
                        assertThat(pending.command()).isEqualTo(expected);
                        pending.applied(44);
                    });

            assertThat(response.getStatus().getCode()).as(type).isEqualTo(HttpStatus.OK.getCode());
            assertThat(response.body())
                    .containsEntry("id", "mine")
                    .containsEntry("verb", "set-learning-rate")
                    .containsEntry("step", 44);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pause             | {"verb": "stop"}                     | verb
            pause             | {"id": ""}                           | id
            pause             | {"id": 7}                            | id
            pause             | {"expiresAt": "tomorrow"}            | expiresAt
            pause             | {"expectedIncarnation": "no spaces"} | expectedIncarnation
            pause             | {"expectedIncarnaton": "i-1"}        | expectedIncarnaton
            pause             | pause                                | (value)
            pause             | []                                   | (value)
            set-learning-rate | {}                                   | args.learningRate
            set-learning-rate | {"args": {"learningRate": -1}}       | args.learningRate""")
    void aBodyThatIsNoOrderIsAnsweredWithWhatWouldBe(String verb, String body, String field) {
        HttpResponse<Map<String, Object>> response = exchange(HttpRequest.POST("/job/" + verb, body));

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.BAD_REQUEST.getCode());
        assertThat(response.body())
                .containsEntry("field", field)
                .containsKeys("detail", "expected", "found", "example");
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void anUnknownVerbIsAnsweredWithTheKnownOnes() {
        HttpResponse<Map<String, Object>> response = exchange(HttpRequest.POST("/job/dance", ""));

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.NOT_FOUND.getCode());
        assertThat(response.body())
                .containsEntry(
                        "verbs",
                        List.of(
                                "pause",
                                "resume",
                                "checkpoint",
                                "publish-masks",
                                "export",
                                "set-learning-rate",
                                "stop"));
    }

    @Test
    void aPageOfAnotherSiteCannotGiveOrders() {
        HttpResponse<Map<String, Object>> response =
                exchange(HttpRequest.POST("/job/stop", "").header("Origin", "http://evil.example"));

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.FORBIDDEN.getCode());
        assertThat(mailbox.drain()).isEmpty();
    }

    @Test
    void norCanOneThatIsNotOnThisMachine() {
        JobController controller = new JobController(
                board, mailbox, new OrderGate(Optional.of("0123456789abcdef"), "0.0.0.0"), Instant::now);
        HttpRequest<?> foreign = HttpRequest.POST("/job/stop", "")
                .header("Host", "finecomb.example:8080")
                .header("Origin", "http://evil.example");
        HttpRequest<?> own = HttpRequest.POST("/job/dance", "")
                .header("Authorization", "Bearer 0123456789abcdef")
                .header("Host", "finecomb.example:8080")
                .header("Origin", "http://finecomb.example:8080");

        assertThat(controller.order(foreign, "stop", "").join().code()).isEqualTo(HttpStatus.FORBIDDEN.getCode());
        assertThat(controller.order(own, "dance", "").join().code()).isEqualTo(HttpStatus.NOT_FOUND.getCode());
        assertThat(mailbox.drain()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /nowhere                             | 404
            DELETE | /job                                 | 405
            GET    | /job/masks/no.such                   | 404
            GET    | /job/masks/fc.weight?side=0          | 400
            GET    | /job/masks/fc.weight?row=31&rows=2   | 400
            GET    | /job/masks/fc.weight?row=one         | 400
            GET    | /loggers                             | 404""")
    void whatIsRefusedIsAProblem(String method, String path, int status) {
        hangUpAMask();
        HttpResponse<Map<String, Object>> response = exchange(HttpRequest.create(HttpMethod.parse(method), path));

        assertThat(response.getStatus().getCode()).isEqualTo(status);
        assertThat(response.body()).containsEntry("status", status).containsKeys("type", "title", "detail");
    }

    @Test
    void aMaskIsAPictureDownToItsBits() {
        hangUpAMask();

        assertThat(client.retrieve(HttpRequest.GET("/job/masks"), DOCUMENT))
                .containsEntry("step", 42)
                .containsEntry("layers", List.of("fc.weight"));
        Picture whole = client.retrieve(HttpRequest.GET("/job/masks/fc.weight?side=4"), Picture.class);
        Picture corner =
                client.retrieve(HttpRequest.GET("/job/masks/fc.weight?row=1&rows=2&group=3&groups=2"), Picture.class);

        assertThat(whole.window()).isEqualTo(new Window(0, 32, 0, 16));
        assertThat(whole.cells())
                .isEqualTo(new Picture.Cells(
                        4, 4, 8, 4, whole.cells().shares(), whole.cells().centres()));
        assertThat(decoded(whole.cells().shares())).hasSize(16).containsOnly(128);
        assertThat(decoded(whole.cells().centres())).hasSize(16).containsOnly(85);
        assertThat(decoded(corner.bits().orElseThrow())).containsExactly(5, 0, 5, 0, 5, 0, 5, 0);
    }

    private static byte[] decoded(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    /** Every second weight lives. */
    private void hangUpAMask() {
        byte[] bits = new byte[32 * 64 / 8];
        Arrays.fill(bits, (byte) 0b01010101);
        var layer = new MaskBoard.Layer("fc.weight", new GroupedLayout(List.of(32L, 64L), 4), () -> bits);
        masks.publish(new MaskBoard.Masks(42, List.of(layer)));
    }

    @Test
    void theHistoryComesInColumns() {
        assertThat(client.retrieve("/job/history")).contains("\"step\":[]", "\"loss\":[]");
        history.add(new History.Step(1, 0.5, OptionalDouble.of(0.25), 6, 1));
        history.add(new History.Step(2, 0.25, OptionalDouble.of(0.5), 5, 0.875));

        assertThat(client.retrieve(HttpRequest.GET("/job/history"), DOCUMENT))
                .containsEntry("step", List.of(1, 2))
                .containsEntry("loss", List.of(0.5, 0.25))
                .containsEntry("accuracy", List.of(0.25, 0.5))
                .containsEntry("survivors", List.of(6, 5))
                .containsEntry("density", List.of(1.0, 0.875));
    }

    @Test
    void theStatusIsToldAsItChangesAndAgainWhileItDoesNot() throws Exception {
        try (var stream = java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(server.getURI().resolve("/job/live"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofLines())
                .body()) {
            Iterator<String> data =
                    stream.filter(line -> line.startsWith("data:")).iterator();
            assertThat(data.next()).contains("\"state\":\"removing\"").contains("\"layers\":[]");
            board.update(status -> status.with(status.phase().to(StateName.SETTLING, StatusFixtures.NOW)));
            assertThat(data.next()).contains("\"state\":\"settling\"");
            assertThat(data.next()).contains("\"state\":\"settling\"");
        }
    }

    @Test
    void thePageAndItsPartsAreServed() {
        for (String path : List.of("/", "/page.js", "/charts.js", "/masks.js", "/orders.js", "/page.css")) {
            assertThat(client.retrieve(path)).as(path).isNotBlank();
        }
        assertThat(client.exchange("/").header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(client.exchange("/").header("Content-Security-Policy")).isEqualTo("frame-ancestors 'none'");
        assertThat(client.retrieve("/chart/uPlot.esm.js")).contains("uPlot");
        assertThat(client.retrieve("/chart/uPlot.min.css")).contains(".uplot");
    }

    @Test
    void theInterfaceIsDescribed() {
        assertThat(client.retrieve("/openapi/finecomb.yml"))
                .contains("/job/{verb}", "/job/live", "/job/history", "/job/masks/{parameter}");
        assertThat(client.retrieve("/swagger-ui/")).containsIgnoringCase("swagger");
    }

    @Test
    void healthFollowsTheStatus() {
        assertThat(exchange(HttpRequest.GET("/health/liveness")).body()).containsEntry("status", "UP");
        assertThat(exchange(HttpRequest.GET("/health/readiness")).body()).containsEntry("status", "UP");

        board.update(status -> status.with(status.runtime().withStoreWritable(false)));

        HttpResponse<Map<String, Object>> readiness = exchange(HttpRequest.GET("/health/readiness"));
        assertThat(readiness.getStatus().getCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE.getCode());
        assertThat(String.valueOf(readiness.body())).contains("storeWritable=false");
        assertThat(exchange(HttpRequest.GET("/health/liveness")).body()).containsEntry("status", "UP");

        board.update(status -> status.with(status.runtime().progressed(Instant.EPOCH, 33)));

        HttpResponse<Map<String, Object>> liveness = exchange(HttpRequest.GET("/health/liveness"));
        assertThat(liveness.getStatus().getCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE.getCode());
        assertThat(exchange(HttpRequest.GET("/health")).body()).containsEntry("status", "DOWN");
    }

    @Test
    void prometheusScrapesTheJob() {
        board.update(status -> status.with(status.phase().to(StateName.SETTLING, StatusFixtures.NOW)));

        assertThat(client.retrieve("/prometheus"))
                .contains("finecomb_step_seconds_count 40")
                .contains("finecomb_step_seconds_sum 2.0")
                .contains("finecomb_steps_total 42.0")
                .contains("finecomb_samples_total 2688.0")
                .contains("finecomb_loss 0.75")
                .contains("finecomb_accuracy_prequential 0.25")
                .contains("finecomb_survivors 3.0")
                .contains("finecomb_density 0.875")
                .contains("finecomb_lag 17.0")
                .contains("finecomb_cut_seconds_count 5")
                .contains("finecomb_commit_seconds_count 4")
                .contains("finecomb_outbox_bytes 4096.0")
                .contains("finecomb_rejects_total{reason=\"DTYPE\"} 2.0")
                .contains("finecomb_rejects_total{reason=\"NON_FINITE_LOSS\"} 0.0")
                .contains("finecomb_native_arrays 33.0")
                .contains("finecomb_state{state=\"settling\"} 1.0")
                .contains("finecomb_state{state=\"removing\"} 0.0")
                .contains("jvm_memory_used_bytes");
    }

    /** Gives an order over HTTP while another thread plays the loop. */
    private HttpResponse<Map<String, Object>> order(String verb, Consumer<PendingCommand> loop)
            throws InterruptedException {
        return order(HttpRequest.POST("/job/" + verb, ""), loop);
    }

    private HttpResponse<Map<String, Object>> order(MutableHttpRequest<?> request, Consumer<PendingCommand> loop)
            throws InterruptedException {
        Thread taker = Thread.ofPlatform().start(() -> take().ifPresent(loop));
        HttpResponse<Map<String, Object>> response = exchange(request);
        taker.join();
        return response;
    }

    private Optional<PendingCommand> take() {
        try {
            return mailbox.await(Duration.ofSeconds(10));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private HttpResponse<Map<String, Object>> exchange(MutableHttpRequest<?> request) {
        try {
            return client.exchange(request, DOCUMENT, DOCUMENT);
        } catch (HttpClientResponseException failure) {
            return HttpResponse.<Map<String, Object>>status(failure.getStatus())
                    .body(failure.getResponse().getBody(DOCUMENT).orElse(Map.of()));
        }
    }
}
