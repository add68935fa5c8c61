package dev.finecomb.ingest;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * What an intake has to hand out, said in the plainest way: all records in one list, sample by sample, never interrupted. A
 * sample is known by its label, which no other has.
 */
final class IntakeOracle {
    /** One sample of one record. */
    private record Sample(Polled.Batch of, int index) {
        long label() {
            return labels(of.batch()).get(index);
        }
    }

    private final List<List<Polled>> partitions;
    private final OptionalInt batchSize;
    private final Predicate<List<Long>> refuses;
    private final List<String> said = new ArrayList<>();
    private final List<Sample> waiting = new ArrayList<>();
    private String pinned = "";

    /** @param refuses whether the trainer refuses samples of these labels */
    IntakeOracle(List<List<Polled>> partitions, OptionalInt batchSize, Predicate<List<Long>> refuses) {
        this.partitions = partitions;
        this.batchSize = batchSize;
        this.refuses = refuses;
    }

    static List<Long> labels(TrainingBatch batch) {
        List<Long> labels = new ArrayList<>();
        var data = batch.labels().getFirst().data();
        while (data.hasRemaining()) {
            labels.add(data.getLong());
        }
        return labels;
    }

    private static String kind(Polled.Batch batch) {
        Tensor x = batch.batch().inputs().getFirst();
        return x.dtype() + " " + x.shape().subList(1, x.shape().size());
    }

    private static RejectReason reason(String one, String other) {
        return one.substring(0, 3).equals(other.substring(0, 3)) ? RejectReason.SHAPE : RejectReason.DTYPE;
    }

    static String step(List<Long> labels) {
        return "step " + labels;
    }

    static String rejected(SourceRecord record, RejectReason reason, String samples) {
        return "rejected " + record + " " + reason + (samples.isEmpty() ? "" : " " + samples);
    }

    /** Everything that is said, in order. */
    List<String> said() {
        for (int i = 0; ; i++) {
            List<Polled> partition = partitions.get(i % partitions.size());
            int round = i / partitions.size();
            if (round >= partition.size()) {
                return said;
            }
            read(partition.get(round));
        }
    }

    private void read(Polled polled) {
        switch (polled) {
            case Polled.Nothing() -> throw new IllegalArgumentException("lists hold records");
            case Polled.Rejected(var rejected) -> said.add(rejected(rejected.record(), rejected.reason(), ""));
            case Polled.Batch batch -> take(batch);
        }
    }

    private void take(Polled.Batch batch) {
        if (batchSize.isEmpty()) {
            all(batch);
            train(waiting.size());
            return;
        }
        if (!pinned.isEmpty() && !pinned.equals(kind(batch))) {
            said.add(rejected(batch.record(), reason(pinned, kind(batch)), ""));
            return;
        }
        if (!waiting.isEmpty() && !kind(waiting.getFirst().of()).equals(kind(batch))) {
            byRecord(waiting)
                    .forEach((old, samples) ->
                            said.add(rejected(old.record(), reason(kind(old), kind(batch)), part(old, samples))));
            waiting.clear();
        }
        all(batch);
        while (waiting.size() >= batchSize.getAsInt()) {
            train(batchSize.getAsInt());
        }
    }

    private void all(Polled.Batch batch) {
        for (int i = 0; i < batch.batch().samples(); i++) {
            waiting.add(new Sample(batch, i));
        }
    }

    private void train(int size) {
        List<Sample> samples = waiting.subList(0, size);
        List<Long> labels = samples.stream().map(Sample::label).toList();
        if (refuses.test(labels)) {
            boolean whole = byRecord(samples).size() == 1
                    && size == samples.getFirst().of().batch().samples();
            byRecord(samples)
                    .forEach((record, taken) -> said.add(rejected(
                            record.record(), RejectReason.NON_FINITE_LOSS, whole ? "" : words(record, taken))));
        } else {
            said.add(step(labels));
            pinned = kind(samples.getFirst().of());
        }
        samples.clear();
    }

    private static Map<Polled.Batch, List<Sample>> byRecord(List<Sample> samples) {
        Map<Polled.Batch, List<Sample>> byRecord = new LinkedHashMap<>();
        samples.forEach(sample ->
                byRecord.computeIfAbsent(sample.of(), _ -> new ArrayList<>()).add(sample));
        return byRecord;
    }

    private static String part(Polled.Batch record, List<Sample> samples) {
        return samples.size() == record.batch().samples() ? "" : words(record, samples);
    }

    private static String words(Polled.Batch record, List<Sample> samples) {
        int first = samples.getFirst().index();
        int last = samples.getLast().index();
        return (first == last ? "sample " + first : "samples " + first + " to " + last) + " of "
                + record.batch().samples();
    }
}
