package dev.finecomb.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finecomb.model.TorchScriptBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What cuts at the default interval cost the training of a model of 10 M weights, in the whole service. */
public final class CutCost implements Measurement {
    private static final int WARM_SECONDS = 20;
    private static final int RECORD_SAMPLES = 64;
    private static final long WIDTH = 1824;
    private static final int DISTINCT_RECORDS = 16;
    /** More than any machine trains on in the time. */
    private static final double MOST_STEPS_A_SECOND = 60;

    private final Path directory;
    private final int seconds;

    /**
     * @param directory takes the broker's data and the job's
     * @param seconds that are looked at; some tens of them hold a few cuts
     */
    public CutCost(Path directory, int seconds) {
        this.directory = directory;
        this.seconds = seconds;
    }

    @Override
    public String name() {
        return "cut";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Load load = new Load(
                "cut",
                "64 samples a step, four layers",
                Networks.mlp(WIDTH, 10),
                List.of(WIDTH),
                RECORD_SAMPLES,
                OptionalInt.empty(),
                seconds,
                64L << 20);
        Path model = Scratch.emptied(directory).resolve("model.pt");
        TorchScriptBuilder.write(load.model(), 1, model);
        List<byte[]> records = Stream.iterate(0L, seed -> seed + 1)
                .limit(DISTINCT_RECORDS)
                .map(load::record)
                .toList();
        try (Broker broker = Broker.start(directory.resolve("broker"))) {
            Job job = Job.of(broker.bootstrapServers(), "cut", model, directory, Map.of());
            try (Service service = Service.start(job, List.of("-Xmx2g"));
                    var feeder = new Feeder(job, number -> records.get((int) (number % DISTINCT_RECORDS)))) {
                service.awaitOwner();
                feeder.fill((long) (MOST_STEPS_A_SECOND * (WARM_SECONDS + seconds)));
                service.awaitSteps(1);
                Thread.sleep(Duration.ofSeconds(WARM_SECONDS));
                return rows(job, service, progress);
            }
        }
    }

    private List<Row> rows(Job job, Service service, Progress progress) throws IOException, InterruptedException {
        JsonNode before = durableCuts(service);
        Instant begin = Instant.now();
        Thread.sleep(Duration.ofSeconds(seconds));
        Instant end = Instant.now();
        JsonNode after = durableCuts(service);
        Path checkpoints = Path.of(job.setting("checkpoint.directory"));
        long bytes = newest(checkpoints);
        List<Double> plain = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            plain.add(megabytes(bytes) / plainWrite(checkpoints.resolveSibling("plain-write"), bytes));
        }
        service.stop();
        var steps = CutSteps.between(
                begin,
                end,
                Committed.of(job, job.topics().metrics()),
                service.process().log());
        progress.note(steps.toString());
        double millis = after.path("totalMillis").asDouble()
                - before.path("totalMillis").asDouble();
        long cuts = after.path("count").asLong() - before.path("count").asLong();
        String quiet = "median step between cuts: " + Figures.text(steps.quietMedianMillis(), 1)
                + " ms; a multi-layer perceptron of 10 M weights, 64 samples a step, a cut every 100 steps or 10 s, "
                + steps.cuts() + " cuts";
        return List.of(
                new Row("cut-time-share", 100 * steps.share(), "%", quiet),
                new Row(
                        "cut-longest-step-over-median",
                        steps.longestOverMedian(),
                        "ratio",
                        quiet + ", after which at most " + steps.mostLongSteps()
                                + " steps took longer than twice the median"),
                new Row(
                        "cut-durable-mb-s",
                        cuts * megabytes(bytes) * 1e3 / millis,
                        "MB/s",
                        "a plain write and force of the same " + Figures.text(megabytes(bytes), 0)
                                + " MB into the same folder beside the same training: "
                                + Figures.text(Figures.median(plain), 0) + " MB/s"));
    }

    private static JsonNode durableCuts(Service service) throws IOException, InterruptedException {
        return service.job()
                .orElseThrow(() -> new IOException("the service does not answer"))
                .path("commit")
                .path("durations")
                .path("cuts");
    }

    private static double megabytes(long bytes) {
        return bytes / 1e6;
    }

    private static long newest(Path checkpoints) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoints)) {
            return files.filter(file -> file.endsWith("state.safetensors"))
                    .mapToLong(file -> file.toFile().length())
                    .max()
                    .orElseThrow();
        }
    }

    /** Seconds that it takes. */
    private static double plainWrite(Path file, long bytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        long begin = System.nanoTime();
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (long left = bytes; left > 0; ) {
                chunk.clear().limit((int) Math.min(chunk.capacity(), left));
                left -= out.write(chunk);
            }
            out.force(true);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        Files.delete(file);
        return seconds;
    }
}
