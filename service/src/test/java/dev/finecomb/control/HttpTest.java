package dev.finecomb.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.status.StateName;
import dev.finecomb.status.StatusBoard;
import dev.finecomb.status.StatusFixtures;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpRequest;
import io.micronaut.http.client.BlockingHttpClient;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.annotation.Client;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service's real server, with a status that the test hangs up and a loop that the test plays. */
@MicronautTest
class HttpTest {

    private static final Argument<Map<String, Object>> DOCUMENT = Argument.mapOf(String.class, Object.class);

    private final StatusBoard board;
    private final CommandMailbox mailbox;
    private final BlockingHttpClient client;

    HttpTest(StatusBoard board, CommandMailbox mailbox, @Client("/") HttpClient client) {
        this.board = board;
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
            assertThat(pending.command()).isEqualTo(new Command.Pause());
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
                .containsEntry("reason", "masks are not final before step 300");
    }

    @Test
    void anUnknownVerbIsAnsweredWithTheKnownOnes() {
        HttpResponse<Map<String, Object>> response = exchange(HttpRequest.POST("/job/dance", ""));

        assertThat(response.getStatus().getCode()).isEqualTo(HttpStatus.NOT_FOUND.getCode());
        assertThat(response.body()).containsEntry("verbs", List.of("pause", "resume", "checkpoint", "export", "stop"));
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
        JobController controller = new JobController(board, mailbox, Instant::now);
        HttpRequest<?> foreign = HttpRequest.POST("/job/stop", "")
                .header("Host", "finecomb.example:8080")
                .header("Origin", "http://evil.example");
        HttpRequest<?> own = HttpRequest.POST("/job/dance", "")
                .header("Host", "finecomb.example:8080")
                .header("Origin", "http://finecomb.example:8080");

        assertThat(controller.order(foreign, "stop").join().code()).isEqualTo(HttpStatus.FORBIDDEN.getCode());
        assertThat(controller.order(own, "dance").join().code()).isEqualTo(HttpStatus.NOT_FOUND.getCode());
        assertThat(mailbox.drain()).isEmpty();
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
        Thread taker = Thread.ofPlatform().start(() -> take().ifPresent(loop));
        HttpResponse<Map<String, Object>> response = exchange(HttpRequest.POST("/job/" + verb, ""));
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
