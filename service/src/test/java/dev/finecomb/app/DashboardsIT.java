package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.ServiceProcess;
import dev.finecomb.demo.EmbeddedKafka;
import dev.finecomb.telemetry.Dashboards;
import dev.finecomb.telemetry.MetricsPage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboard and alerting rules ask for nothing that a running service does not tell. */
class DashboardsIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    /** The binder looks for new figures of the Kafka clients once a minute. */
    private static final Duration REFRESH = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    @Test
    void everyMetricAndLabelIsOnThePageOfARunningJob() throws Exception {
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker"))) {
            Map<String, Object> settings =
                    new TreeMap<>(JobWorld.settings(broker.bootstrapServers(), "watched", directory.resolve("job")));
            settings.put("export.when-finished", "idle");
            try (ServiceProcess service = ServiceProcess.start(JobWorld.write(settings, directory.resolve("job")))) {
                assertThat(service.awaitJob(status -> state(status).equals("learning"), LONG))
                        .as(service.log())
                        .isTrue();
                JobWorld.send(broker.bootstrapServers(), JobWorld.topic("watched", "batches"), JobWorld.batches(20));
                assertThat(service.awaitJob(status -> status.at("/commit/step").asLong() == 20, LONG))
                        .as(service.log())
                        .isTrue();

                MetricsPage page = complete(service);
                for (Dashboards.Query query : Dashboards.queries()) {
                    assertThat(page.missing(query.expression()))
                            .as(query.toString())
                            .isEmpty();
                    for (String label : query.labels()) {
                        assertThat(label.matches("job|instance") || page.hasLabel(query.expression(), label))
                                .as("%s of %s", label, query)
                                .isTrue();
                    }
                }
                assertThat(page.missing("finecomb_invented + finecomb_state{state=\"dancing\"}"))
                        .containsExactly("finecomb_invented", "finecomb_state{state=dancing}");
            }
        }
    }

    /** The page once it holds what takes a moment to appear on it; or as it is then, for the complaint. */
    private static MetricsPage complete(ServiceProcess service) throws Exception {
        long deadline = System.nanoTime() + REFRESH.toNanos();
        while (true) {
            var page = new MetricsPage(service.get("/prometheus").body());
            boolean whole = true;
            for (Dashboards.Query query : Dashboards.queries()) {
                whole &= page.missing(query.expression()).isEmpty();
            }
            if (whole || System.nanoTime() > deadline) {
                return page;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static String state(JsonNode status) {
        return status.at("/phase/state").asText();
    }
}
