package dev.finecomb.demo;

import dev.finecomb.JobEnd;
import dev.finecomb.TestTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** The demo's job under a name and of a length of its own, with its whole input in its topic before it starts. */
record DemoJob(EmbeddedKafka broker, String name, int steps, Path directory) {
    private static final Pattern FIRST_STEP = Pattern.compile("first step began (\\d+\\.\\d+) s after the process");

    /** Makes the topic, feeds it and writes the settings. */
    static DemoJob prepare(EmbeddedKafka broker, String name, int steps, Path directory) throws Exception {
        var job = new DemoJob(broker, name, steps, directory.resolve(name));
        Files.createDirectories(job.directory);
        Path model = job.directory.resolve("digits-cnn.pt");
        DemoSettings.copyModel(model);
        Files.writeString(
                job.settings(),
                DemoSettings.yaml(broker.bootstrapServers(), name, steps, model, job.directory),
                StandardCharsets.UTF_8);
        String topic = "finecomb." + name + ".batches";
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TestTopics.create(admin, topic, 1);
        }
        new DigitsStream(Digits.load(), DemoSettings.SEED).produce(broker.bootstrapServers(), topic, steps);
        return job;
    }

    Path settings() {
        return directory.resolve("finecomb.yml");
    }

    /** Seconds from the start of a process to its first step, of every process of this job that came so far. */
    List<Double> firstSteps() throws Exception {
        try (Stream<String> lines = Files.lines(directory.resolve("service.log"))) {
            return lines.map(FIRST_STEP::matcher)
                    .filter(Matcher::find)
                    .map(line -> Double.parseDouble(line.group(1)))
                    .toList();
        }
    }

    /** It ended like the other one, and every step was said once. */
    void requireEndOf(DemoJob calm) throws Exception {
        JobEnd.requireCleanLedger(broker.bootstrapServers(), name, steps);
        JobEnd.requireSameModel(calm.directory.resolve("export"), directory.resolve("export"));
    }
}
