package dev.finecomb.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.ServiceProcess;
import dev.finecomb.TopicReader;
import dev.finecomb.protocol.message.StepMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's job, killed and resumed, ends byte-identical to one that was left alone, and every step is said once. System
 * property {@code kill.count} sets how often it is killed.
 */
class KillAndResumeIT {
    private static final int KILLS = Integer.getInteger("kill.count", 5);
    private static final long SEED = Long.getLong("kill.seed", 20261123L);
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void aKilledJobEndsLikeOneThatWasNot() throws Exception {
        Path calm = directory.resolve("calm");
        Path killed = directory.resolve("killed");
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker-calm"))) {
            Path settings = prepare(calm, broker.bootstrapServers());
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                feed(service, broker);
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
            requireEachStepOnce(broker);
        }
        try (EmbeddedKafka broker = EmbeddedKafka.start(directory.resolve("broker-killed"))) {
            Path settings = prepare(killed, broker.bootstrapServers());
            for (Kill kill : kills()) {
                try (ServiceProcess service = ServiceProcess.start(settings)) {
                    feed(service, broker);
                    assertThat(service.awaitJob(
                                    status -> status.path("training")
                                                    .path("progress")
                                                    .path("step")
                                                    .asLong()
                                            >= kill.step(),
                                    LONG))
                            .as("alive at step %d:\n%s", kill.step(), service.log())
                            .isTrue();
                    Thread.sleep(kill.delayMillis());
                    service.kill();
                }
            }
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                assertThat(service.exitCode(LONG)).as(service.log()).isZero();
            }
            requireEachStepOnce(broker);
        }
        for (String file : List.of("model.safetensors", "mask.safetensors", "model.pt")) {
            assertThat(killed.resolve("export").resolve(file))
                    .as(file)
                    .hasSameBinaryContentAs(calm.resolve("export").resolve(file));
        }
    }

    /** A moment: so long after the status first shows this step. */
    private record Kill(long step, int delayMillis) {}

    /** Uniformly random moments, in the order in which the job reaches them. */
    private static List<Kill> kills() {
        var random = new SplittableRandom(SEED);
        List<Kill> kills = new ArrayList<>();
        random.longs(KILLS, 0, DemoSettings.STEPS - 30)
                .sorted()
                .forEach(step -> kills.add(new Kill(step, random.nextInt(120))));
        return kills;
    }

    private static Path prepare(Path work, String bootstrapServers) throws Exception {
        Files.createDirectories(work);
        Path model = work.resolve("digits-cnn.pt");
        DemoSettings.copyModel(model);
        Path settings = work.resolve("finecomb.yml");
        Files.writeString(settings, DemoSettings.yaml(bootstrapServers, model, work), StandardCharsets.UTF_8);
        return settings;
    }

    private static void feed(ServiceProcess service, EmbeddedKafka broker) throws Exception {
        assertThat(service.awaitJob(
                        status -> status.path("runtime").path("owner").asBoolean(), LONG))
                .as(service.log())
                .isTrue();
        new DigitsStream(Digits.load(), DemoSettings.SEED)
                .produce(broker.bootstrapServers(), DemoSettings.TOPIC, DemoSettings.STEPS);
    }

    private static void requireEachStepOnce(EmbeddedKafka broker) throws Exception {
        List<Long> steps = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                TopicReader.readCommitted(broker.bootstrapServers(), "finecomb.digits.metrics")) {
            steps.add(StepMetrics.decode(record.value()).origin().step());
        }
        assertThat(steps)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, DemoSettings.STEPS).boxed().toList());
    }
}
