package dev.finecomb.bench;

import dev.finecomb.demo.DigitsInput;
import dev.finecomb.protocol.mask.MaskSnapshot;
import dev.finecomb.protocol.mask.MaskSubscriber;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * From a removal to the complete, verified snapshot in a subscriber that reads committed records: checkpoint and transaction
 * lie between.
 */
public final class RemovalToSubscriber implements Measurement {
    /** Of the demo; the removals fall into the first half. */
    private static final int STEPS = 600;

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path directory;
    private final int rounds;

    /** @param directory takes the broker's data and the jobs' */
    public RemovalToSubscriber(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    @Override
    public String name() {
        return "removal-to-subscriber";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path model = Scratch.emptied(directory).resolve("digits-cnn.pt");
        DigitsInput.copyModel(model);
        List<byte[]> records = DigitsInput.records(STEPS);
        List<Double> seconds = new ArrayList<>();
        try (Broker broker = Broker.start(directory.resolve("broker"))) {
            for (int round = 0; round < rounds; round++) {
                Job job = Job.of(broker.bootstrapServers(), "removal-" + round, model, directory, settings());
                List<Double> found = run(job, records);
                progress.note("seconds from each removal " + found);
                seconds.addAll(found);
            }
        }
        return List.of(new Row(
                "removal-to-subscriber",
                Figures.median(seconds),
                "s",
                "median of " + seconds.size() + " removals of the demo's job at 2:4, from the step that removed to the"
                        + " verified snapshot; the longest took " + Figures.text(Figures.largest(seconds), 3)
                        + " s, limit 1 s"));
    }

    private static Map<String, Object> settings() {
        return Map.of(
                "training.learning-rate.base",
                0.05,
                "sparsity.removal-end",
                STEPS / 2,
                "sparsity.settle-steps",
                STEPS / 2,
                "export.when-finished",
                "idle");
    }

    private static List<Double> run(Job job, List<byte[]> records) throws Exception {
        Map<Long, Instant> arrived = new TreeMap<>();
        try (Service service = Service.start(job, List.of("-Xmx1g"))) {
            service.awaitOwner();
            try (var feeder = new Feeder(job, number -> records.get((int) number));
                    var subscriber =
                            MaskSubscriber.connect(Map.of("bootstrap.servers", job.bootstrapServers()), job.topics())) {
                feeder.fill(records.size());
                Instant deadline = Instant.now().plus(PATIENCE);
                while (arrived.keySet().stream().noneMatch(step -> step >= STEPS / 2)) {
                    if (Instant.now().isAfter(deadline)) {
                        throw new IllegalStateException("no final masks within " + PATIENCE);
                    }
                    Optional<MaskSnapshot> snapshot = subscriber.poll(Duration.ofSeconds(1));
                    Instant now = Instant.now();
                    snapshot.ifPresent(
                            masks -> arrived.put(masks.manifest().origin().step(), now));
                }
            }
            service.stop();
        }
        return Committed.of(job, job.topics().events()).stream()
                .filter(event -> event.value().contains("\"removed\"") && arrived.containsKey(event.step()))
                .map(event -> Duration.between(event.time(), arrived.get(event.step()))
                                .toNanos()
                        / 1e9)
                .toList();
    }
}
