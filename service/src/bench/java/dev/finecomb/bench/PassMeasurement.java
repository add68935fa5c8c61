package dev.finecomb.bench;

import dev.finecomb.compute.Workers;
import dev.finecomb.training.UpdatePass;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The pass after backward against the memory: how many bytes it reads and writes in a second, over those of a copy on as many threads.
 * For each weight it reads the gradient for the norm, then gradient, weight, momentum and saliency, and writes the latter three.
 */
final class PassMeasurement implements Measurement {
    private static final String PASS = "pass";
    private static final String COPY = "copy";
    private static final int PASS_BYTES = 8 * Float.BYTES;
    private static final int COPIED_BYTES = 4 * Float.BYTES;
    private static final long CHUNK = 1L << 20;

    private final Path folder;
    private final int millions;
    private final int rounds;

    PassMeasurement(Settings settings) {
        this.folder = settings.directory().resolve("models");
        this.millions = settings.quick() ? 1 : 10;
        this.rounds = settings.rounds(31);
    }

    @Override
    public String name() {
        return "pass";
    }

    @Override
    public List<Row> measure(Progress progress) throws Exception {
        Path file = Net.mlp(millions).write(folder);
        try (UpdatePass pass = OwnTrainers.updatePass(file, Patterns.TWO_OF_FOUR.text(), true);
                Workers workers = new Workers(Runtime.getRuntime().availableProcessors());
                Arena memory = Arena.ofShared()) {
            int chunks = Math.toIntExact(pass.weights() * COPIED_BYTES / CHUNK);
            MemorySegment from = memory.allocate(chunks * CHUNK, 64).fill((byte) 1);
            MemorySegment to = memory.allocate(chunks * CHUNK, 64).fill((byte) 2);
            Interleaved.Times times = new Interleaved()
                    .add(PASS, pass::makeGradients, pass::run)
                    .add(
                            COPY,
                            () -> workers.run(chunks, i -> MemorySegment.copy(from, i * CHUNK, to, i * CHUNK, CHUNK)))
                    .run(rounds, progress);
            return List.of(row(times, pass.weights(), 2L * chunks * CHUNK));
        } finally {
            Files.delete(file);
        }
    }

    private static Row row(Interleaved.Times times, long weights, long copyBytes) {
        long passBytes = weights * PASS_BYTES;
        String baseline = String.format(
                Locale.ROOT,
                "%.1f GB/s of %d bytes a weight, %d weights; a copy reads and writes %.1f GB/s",
                passBytes / times.millis(PASS) / 1e6,
                PASS_BYTES,
                weights,
                copyBytes / times.millis(COPY) / 1e6);
        double share = (double) passBytes / copyBytes / times.ratio(PASS, COPY);
        return new Row("pass-bandwidth-share", share, "ratio", baseline);
    }
}
