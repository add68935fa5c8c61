package dev.finecomb.bench;

import dev.finecomb.model.TorchScriptBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * How fast the whole service trains from a real broker, against its trainer alone fed from memory. The two take turns; the
 * one that does not run stands still. What the service did is counted in the metrics that it committed, whose times the
 * training thread noted.
 */
public final class StreamEfficiency implements Measurement {
    private final Path directory;
    private final int rounds;

    /** @param directory takes the broker's data and the jobs' */
    public StreamEfficiency(Path directory, int rounds) {
        this.directory = directory;
        this.rounds = rounds;
    }

    @Override
    public String name() {
        return "stream-efficiency";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        List<Row> rows = new ArrayList<>();
        for (Load load : Load.all()) {
            Path own = Scratch.emptied(directory.resolve(load.id()));
            Path model = own.resolve("model.pt");
            TorchScriptBuilder.write(load.model(), 1, model);
            try (Broker broker = Broker.start(own.resolve("broker"))) {
                rows.add(new StreamRounds(load, job(broker, load, model, own), broker, progress).row(rounds));
            }
        }
        return rows;
    }

    private static Job job(Broker broker, Load load, Path model, Path own) {
        TreeMap<String, Object> settings = new TreeMap<>();
        settings.put("ingest.prefetch-bytes", load.prefetchBytes());
        settings.put("ingest.max-record-bytes", Math.min(load.prefetchBytes(), 8 << 20));
        load.batchSize().ifPresent(size -> settings.put("training.batch-size", size));
        return Job.of(broker.bootstrapServers(), "stream-" + load.id(), model, own, settings);
    }
}
