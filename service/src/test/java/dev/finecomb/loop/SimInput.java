package dev.finecomb.loop;

import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.IntakeRules;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * The input topic and how steps are made of it. Half of the schedules have one partition, and half have one record a step.
 *
 * @param partitions the records of each in their order
 * @param batchSize samples of a step; empty when one record is one step
 */
record SimInput(List<List<SimRecord>> partitions, OptionalInt batchSize) {
    private static final int MOST_PARTITIONS = 3;
    private static final int LARGEST_BATCH = 5;

    /** Enough for so many steps, bad records among them, and some records that are left over. */
    static SimInput of(RandomGenerator random, int steps) {
        int count = random.nextBoolean() ? 1 : 2 + random.nextInt(MOST_PARTITIONS - 1);
        OptionalInt batchSize =
                random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(LARGEST_BATCH));
        return new Drawing(random, count, batchSize).draw(steps);
    }

    IntakeRules rules() {
        return new IntakeRules(batchSize, Merge.ORDERED);
    }

    /** The whole input in its one order: record i is of partition i modulo their number. */
    List<SimRecord> merged() {
        List<SimRecord> merged = new ArrayList<>();
        for (int i = 0; ; i++) {
            List<SimRecord> due = partitions.get(i % partitions.size());
            int round = i / partitions.size();
            if (round == due.size()) {
                return merged;
            }
            merged.add(due.get(round));
        }
    }

    /** An input in the making. */
    private static final class Drawing {
        private final RandomGenerator random;
        private final OptionalInt batchSize;
        private final List<List<SimRecord>> partitions = new ArrayList<>();
        private final double malformed;
        private final double untrainable;
        private final int mostSamples;
        /** How often an offset is left out, as by a transaction's marker. */
        private final double gaps;

        Drawing(RandomGenerator random, int count, OptionalInt batchSize) {
            this.random = random;
            this.batchSize = batchSize;
            // Where records wait for each other, some of those refused meanwhile have to be met in a cut.
            this.malformed = SimPlan.chance(random, batchSize.isPresent() ? 0.6 : 0.2);
            // A bad sample spoils all of its step.
            this.untrainable = SimPlan.chance(random, 0.3 / batchSize.orElse(1));
            this.gaps = SimPlan.chance(random, 0.3);
            this.mostSamples = 1 + random.nextInt(SimRecord.MOST_SAMPLES);
            for (int i = 0; i < count; i++) {
                partitions.add(new ArrayList<>());
            }
        }

        SimInput draw(int steps) {
            SimPass pass = new SimPass(batchSize);
            int good = 0;
            for (int i = 0; good < steps; i++) {
                SimRecord record = add(i % partitions.size());
                if (record.kind() != SimRecord.Kind.MALFORMED) {
                    pass.add(record);
                }
                for (var step = pass.next(); step.isPresent(); step = pass.next()) {
                    good += SimPass.isGood(step.get()) ? 1 : 0;
                }
            }
            for (int left = random.nextInt(3); left > 0; left--) {
                add(random.nextInt(partitions.size()));
            }
            return new SimInput(partitions, batchSize);
        }

        private SimRecord add(int partition) {
            List<SimRecord> records = partitions.get(partition);
            long offset = records.isEmpty() ? 0 : records.getLast().offset() + 1;
            offset += random.nextDouble() < gaps ? 1 + random.nextInt(2) : 0;
            double luck = random.nextDouble();
            SimRecord.Kind kind = luck < malformed
                    ? SimRecord.Kind.MALFORMED
                    : luck < malformed + untrainable ? SimRecord.Kind.UNTRAINABLE : SimRecord.Kind.GOOD;
            int samples = 1 + random.nextInt(mostSamples);
            var record = new SimRecord(partition, offset, kind, samples, random.nextInt(samples));
            records.add(record);
            return record;
        }
    }
}
