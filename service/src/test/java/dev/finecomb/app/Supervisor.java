package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Keeps the service running as its users' supervisors do: whatever ends with 75 is started again, nothing else is. */
final class Supervisor implements AutoCloseable {
    private static final int RETRY = 75;

    private final Path settings;
    private ServiceProcess service;
    private int restarts;

    Supervisor(Path settings) throws IOException {
        this.settings = settings;
        this.service = ServiceProcess.start(settings);
    }

    ServiceProcess service() {
        return service;
    }

    /** How often it ended with 75. */
    int restarts() {
        return restarts;
    }

    /** Waits until the status says so, across restarts. */
    void await(Predicate<JsonNode> wanted, Duration atMost) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!service.awaitJob(wanted, left(deadline))) {
            assertThat(service.exitCode(left(deadline))).as(service.log()).isEqualTo(RETRY);
            restart();
        }
    }

    void awaitCommitted(long step, Duration atMost) throws Exception {
        await(status -> committed(status) >= step, atMost);
    }

    /** Waits until a health page answers with this code, across restarts. */
    void awaitHealth(String page, int code, Duration atMost) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (health(page) != code) {
            if (service.hasEnded()) {
                assertThat(service.exitCode(left(deadline))).as(service.log()).isEqualTo(RETRY);
                restart();
            }
            assertThat(System.nanoTime()).as(service.log()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** The code of a health page; 0 while nobody answers. */
    int health(String page) throws InterruptedException {
        try {
            return service.get("/health/" + page).statusCode();
        } catch (IOException notUp) {
            return 0;
        }
    }

    /** Waits until it ends with 0, across restarts. */
    void awaitDone(Duration atMost) throws Exception {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (int code = service.exitCode(left(deadline)); code != 0; code = service.exitCode(left(deadline))) {
            assertThat(code).as(service.log()).isEqualTo(RETRY);
            restart();
        }
    }

    private void restart() throws IOException {
        service.close();
        restarts++;
        service = ServiceProcess.start(settings);
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    static long committed(JsonNode status) {
        return status.path("commit").path("step").asLong(-1);
    }

    static long trained(JsonNode status) {
        return status.path("training").path("progress").path("step").asLong(-1);
    }

    @Override
    public void close() {
        service.close();
    }
}
