package dev.finecomb.ingest;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A topic of random records and a life of processes that read it: cuts at random moments, deaths at others, and what was said
 * since the last cut is then unsaid, as a transaction does it. Everything follows from the seed.
 */
final class IntakeWorld {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PART = Pattern.compile("samples? \\d+(?: to \\d+)? of \\d+");

    private final Random random;
    private final List<List<Polled>> partitions = new ArrayList<>();
    private final OptionalInt batchSize;
    private final int kinds;
    private final List<String> committed = new ArrayList<>();
    private final List<Long> seen = new ArrayList<>();
    private long nextLabel;
    private int lives = 1;

    /** @param kinds how many kinds of samples there are */
    IntakeWorld(long seed, int kinds) {
        this.random = new Random(seed);
        this.kinds = kinds;
        this.batchSize = random.nextInt(6) == 0 ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(20));
        int count = 1 + random.nextInt(4);
        for (int partition = 0; partition < count; partition++) {
            addPartition();
        }
    }

    void addPartition() {
        int partition = partitions.size();
        List<Polled> records = new ArrayList<>();
        long offset = 0;
        int count = random.nextInt(25);
        for (int i = 0; i < count; i++) {
            offset += 1 + (random.nextInt(4) == 0 ? random.nextInt(5) : 0);
            SourceRecord record = SourceRecord.of("topic", partition, offset, new byte[0]);
            records.add(
                    random.nextInt(4) == 0
                            ? new Polled.Rejected(record.rejected(IntakeWorld.class, RejectReason.EMPTY, "empty"))
                            : new Polled.Batch(batch(1 + random.nextInt(30)), record));
        }
        partitions.add(records);
    }

    private TrainingBatch batch(int samples) {
        // One kind is the usual one.
        int kind = kinds > 1 && random.nextInt(3) == 0 ? random.nextInt(kinds) : 0;
        int width = kind == 1 ? 3 : 2;
        long[] ids = new long[samples];
        double[] values = new double[samples * width];
        float[] floats = new float[samples * width];
        for (int i = 0; i < samples; i++) {
            ids[i] = nextLabel++;
            values[i * width] = ids[i];
            floats[i * width] = ids[i];
        }
        Tensor x = kind == 2 ? Tensors.f64("x", values, samples, width) : Tensors.f32("x", floats, samples, width);
        return new TrainingBatch(List.of(x), List.of(Tensors.i64("y", ids, samples)), samples);
    }

    List<List<Polled>> partitions() {
        return partitions;
    }

    OptionalInt batchSize() {
        return batchSize;
    }

    void perhapsAddPartition() {
        if (random.nextInt(3) == 0) {
            addPartition();
        }
    }

    /** Labels of all samples of a partition, in order. */
    static List<Long> labels(List<Polled> partition) {
        return partition.stream()
                .filter(Polled.Batch.class::isInstance)
                .flatMap(polled -> IntakeOracle.labels(((Polled.Batch) polled).batch()).stream())
                .toList();
    }

    /** What is said about each malformed record of a partition, in order. */
    static List<String> malformed(List<Polled> partition) {
        return partition.stream()
                .filter(Polled.Rejected.class::isInstance)
                .map(polled -> words(((Polled.Rejected) polled).rejected()))
                .toList();
    }

    /** Labels of all samples there are. */
    List<Long> labels() {
        return partitions.stream()
                .flatMap(partition -> labels(partition).stream())
                .toList();
    }

    /** Labels of all samples that were trained on or refused by the trainer, in order. */
    List<Long> seen() {
        return seen;
    }

    int lives() {
        return lives;
    }

    /** What the trainer refuses: about every sixth step. */
    static boolean refuses(List<Long> labels) {
        return labels.getFirst() % 6 == 5;
    }

    /** A cut, as bytes would keep it. */
    private record Cut(Positions positions, IntakeMemory memory) {
        static Cut of(Intake intake) {
            try {
                IntakeMemory memory = intake.memory();
                return new Cut(intake.positions(), JSON.readValue(JSON.writeValueAsBytes(memory), IntakeMemory.class));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /**
     * Lives until the input is dry and everything is committed.
     *
     * @param atDeath what else happens when a process died
     * @return everything that was committed, in order
     */
    List<String> live(Merge merge, Runnable atDeath) throws Exception {
        var rules = new IntakeRules(batchSize, merge);
        ListSource source = new ListSource(partitions, random);
        Intake intake = new Intake(source, rules, source.initialPositions(), IntakeMemory.BLANK);
        Cut cut = Cut.of(intake);
        intake.begin();
        List<String> uncommitted = new ArrayList<>();
        List<Long> unseen = new ArrayList<>();
        int deaths = random.nextInt(12);
        do {
            if (random.nextInt(5) == 0) {
                cut = Cut.of(intake);
                committed.addAll(uncommitted);
                seen.addAll(unseen);
                uncommitted.clear();
                unseen.clear();
            }
            if (deaths > 0 && random.nextInt(8) == 0) {
                deaths--;
                lives++;
                uncommitted.clear();
                unseen.clear();
                atDeath.run();
                source = new ListSource(partitions, random);
                intake = new Intake(source, rules, cut.positions(), cut.memory());
                intake.begin();
            }
            advance(intake, uncommitted, unseen);
        } while (!source.isDry());
        committed.addAll(uncommitted);
        seen.addAll(unseen);
        return committed;
    }

    private void advance(Intake intake, List<String> said, List<Long> unseen) throws Exception {
        switch (intake.next(Duration.ZERO)) {
            case Taken.Nothing(), Taken.Gathering() -> {}
            case Taken.Rejected(var rejected) -> said.add(words(rejected));
            case Taken.Step(MiniBatch batch) -> {
                List<Long> ids = IntakeOracle.labels(batch.samples());
                requireInputsOf(ids, batch.samples().inputs().getFirst());
                unseen.addAll(ids);
                if (refuses(ids)) {
                    intake.refused(batch, Trainer.class, RejectReason.NON_FINITE_LOSS, "the loss is NaN")
                            .forEach(rejected -> said.add(words(rejected)));
                } else {
                    intake.trained(batch);
                    said.add(IntakeOracle.step(ids));
                }
            }
        }
    }

    /** Whoever refuses steps. */
    private static final class Trainer {}

    private static void requireInputsOf(List<Long> ids, Tensor x) {
        int width = Math.toIntExact(x.shape().getLast());
        for (int i = 0; i < ids.size(); i++) {
            double found = x.dtype().bytes() == Double.BYTES
                    ? x.data().getDouble(i * width * Double.BYTES)
                    : x.data().getFloat(i * width * Float.BYTES);
            if (found != ids.get(i) || x.shape().getFirst() != ids.size()) {
                throw new AssertionError("inputs of another sample than " + ids.get(i) + ": " + found);
            }
        }
    }

    private static String words(RejectedRecord rejected) {
        Matcher part = PART.matcher(rejected.detail());
        return IntakeOracle.rejected(rejected.record(), rejected.reason(), part.find() ? part.group() : "");
    }
}
