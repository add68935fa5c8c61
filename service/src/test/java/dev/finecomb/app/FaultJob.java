package dev.finecomb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.JobEnd;
import dev.finecomb.TestConfig;
import dev.finecomb.TopicReader;
import dev.finecomb.cli.ExitCode;
import dev.finecomb.config.FinecombConfig;
import dev.finecomb.protocol.message.StepMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A job of any length over the small model of {@link JobWorld}: record {@code i} always holds the same batch, so that every
 * job of as many steps ends with the same bytes, whatever happened to it.
 *
 * @param steps after which the model is exported; removal takes the first half of them
 * @param more settings over the usual ones
 */
record FaultJob(String name, Path directory, int steps, Map<String, Object> more) {
    /** Jobs that are trained in this process share its engine, which trains one at a time. */
    static final String ENGINE = "engine";

    private static final int DIFFERENT_BATCHES = 60;
    private static final Duration LONG = Duration.ofMinutes(2);

    private Map<String, Object> settings(String bootstrapServers) {
        Map<String, Object> settings = new TreeMap<>(JobWorld.settings(bootstrapServers, name, directory));
        settings.put("sparsity.removal-end", steps / 2);
        settings.put("sparsity.settle-steps", steps - steps / 2);
        settings.put("checkpoint.every-steps", 3);
        settings.put("checkpoint.every", "1s");
        settings.putAll(more);
        return settings;
    }

    /** The file that a process of the service reads. */
    Path write(String bootstrapServers) throws IOException {
        return JobWorld.write(settings(bootstrapServers), directory);
    }

    /** The configuration for a job in this process. */
    FinecombConfig config(String bootstrapServers) {
        return TestConfig.of(settings(bootstrapServers));
    }

    String topic(String kind) {
        return JobWorld.topic(name, kind);
    }

    /** The values of the records from one offset up to, not including, another. */
    static List<byte[]> values(int from, int to) throws Exception {
        List<byte[]> different = JobWorld.batches(DIFFERENT_BATCHES);
        return IntStream.range(from, to)
                .mapToObj(i -> different.get(i % DIFFERENT_BATCHES))
                .toList();
    }

    /** Sends those records and waits until the broker has them. */
    void feed(String bootstrapServers, int from, int to) throws Exception {
        JobWorld.send(bootstrapServers, topic("batches"), values(from, to));
    }

    /** Trains the whole job in this process, without any disturbance. */
    FaultJob trainCalmly(String bootstrapServers) throws Exception {
        try (JobThread job = JobThread.start(config(bootstrapServers))) {
            job.awaitState("learning");
            feed(bootstrapServers, 0, steps);
            assertThat(job.end(LONG)).as(job.failure()).isEqualTo(ExitCode.DONE);
        }
        JobEnd.requireCleanLedger(bootstrapServers, name, steps);
        return this;
    }

    /** What every job owes, whatever happened to it: the calm job's bytes, and each step once. */
    void requireLike(FaultJob calm, String bootstrapServers) throws Exception {
        JobEnd.requireSameModel(calm.directory.resolve("export"), directory.resolve("export"));
        JobEnd.requireCleanLedger(bootstrapServers, name, steps);
    }

    /** The steps whose metrics are visible, in the topic's order. */
    List<Long> stepsSeen(String bootstrapServers) throws Exception {
        List<Long> seen = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readCommitted(bootstrapServers, topic("metrics"))) {
            seen.add(StepMetrics.decode(record.value()).origin().step());
        }
        return seen;
    }
}
