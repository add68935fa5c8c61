package dev.finecomb.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.Battery;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.IntakeMemory.Cursor;
import dev.finecomb.ingest.IntakeMemory.Place;
import dev.finecomb.ingest.IntakeMemory.ReadAhead;
import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.protocol.tensor.Tensors;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final int WORLDS = Battery.count("simulation.schedules", 5000) / 5;
    private static final IntakeRules BY_64 = new IntakeRules(OptionalInt.of(64), Merge.ORDERED);

    /** Never brings nothing as long as there is something. */
    private static final class Reliable extends Random {
        private static final long serialVersionUID = 1L;

        @Override
        public int nextInt(int bound) {
            return bound - 1;
        }
    }

    @Test
    void wheneverItDiesItSaysTheSameAsIfItHadNot() throws Exception {
        int lives = 0;
        int lines = 0;
        for (long seed = 0; seed < WORLDS; seed++) {
            var world = new IntakeWorld(seed, 3);
            List<String> expected =
                    new IntakeOracle(world.partitions(), world.batchSize(), IntakeWorld::refuses).said();
            assertThat(world.live(Merge.ORDERED, () -> {})).as("seed %d", seed).isEqualTo(expected);
            lives += world.lives();
            lines += expected.size();
        }
        assertThat(lives).as("the worlds are not too peaceful").isGreaterThan(2 * WORLDS);
        assertThat(lines).isGreaterThan(5 * WORLDS);
    }

    @Test
    void inTheOrderOfArrivalNothingIsLostOrDoubledEither() throws Exception {
        for (long seed = 0; seed < WORLDS; seed++) {
            var world = new IntakeWorld(seed, 1);
            List<String> said = world.live(Merge.ARRIVAL, () -> {});
            requireNoHole(seed, world, said);
            int waiting = world.labels().size() - world.seen().size();
            assertThat(waiting).as("seed %d", seed).isLessThan(world.batchSize().orElse(1));
        }
    }

    @Test
    void addedPartitionsJoinTheRoundAndNothingIsLostOrDoubled() throws Exception {
        int added = 0;
        for (long seed = 0; seed < WORLDS; seed++) {
            var world = new IntakeWorld(seed, 1);
            int before = world.partitions().size();
            requireNoHole(seed, world, world.live(Merge.ORDERED, world::perhapsAddPartition));
            added += world.partitions().size() - before;
        }
        assertThat(added).as("partitions were added").isGreaterThan(WORLDS / 2);
    }

    /** What was seen and refused of each partition is its beginning, in its order. */
    private static void requireNoHole(long seed, IntakeWorld world, List<String> said) {
        for (List<Polled> partition : world.partitions()) {
            List<Long> all = IntakeWorld.labels(partition);
            List<Long> seen = new ArrayList<>(world.seen());
            seen.retainAll(new HashSet<>(all));
            assertThat(seen).as("seed %d", seed).isEqualTo(all.subList(0, seen.size()));
            List<String> malformed = IntakeWorld.malformed(partition);
            List<String> refused = new ArrayList<>(said);
            refused.retainAll(new HashSet<>(malformed));
            assertThat(refused).as("seed %d", seed).isEqualTo(malformed.subList(0, refused.size()));
        }
    }

    private static TrainingBatch batch(int samples, long firstLabel) {
        float[] x = new float[samples];
        long[] y = new long[samples];
        for (int i = 0; i < samples; i++) {
            x[i] = firstLabel + i;
            y[i] = firstLabel + i;
        }
        return new TrainingBatch(
                List.of(Tensors.f32("x", x, samples, 1)), List.of(Tensors.i64("y", y, samples)), samples);
    }

    private static SourceRecord record(int partition, long offset) {
        return SourceRecord.of("topic", partition, offset, new byte[0]);
    }

    private static Polled good(int partition, long offset, int samples) {
        return new Polled.Batch(batch(samples, 1000L * offset), record(partition, offset));
    }

    private static Polled bad(int partition, long offset) {
        return new Polled.Rejected(record(partition, offset).rejected(IntakeTest.class, RejectReason.EMPTY, "empty"));
    }

    private static Intake intake(IntakeRules rules, List<List<Polled>> partitions) throws Exception {
        return intake(
                rules, partitions, new ListSource(partitions, new Reliable()).initialPositions(), IntakeMemory.BLANK);
    }

    private static Intake intake(
            IntakeRules rules, List<List<Polled>> partitions, Positions positions, IntakeMemory memory)
            throws Exception {
        var intake = new Intake(new ListSource(partitions, new Reliable()), rules, positions, memory);
        intake.begin();
        return intake;
    }

    private static Taken next(Intake intake) throws Exception {
        return intake.next(Duration.ZERO);
    }

    private static MiniBatch step(Intake intake) throws Exception {
        return ((Taken.Step) next(intake)).batch();
    }

    private static RejectedRecord rejected(Intake intake) throws Exception {
        return ((Taken.Rejected) next(intake)).rejected();
    }

    @Test
    void withoutABatchSizeARecordIsAStepAndItsBatchIsNotTouched() throws Exception {
        Polled.Batch first = (Polled.Batch) good(0, 3, 5);
        Intake intake = intake(IntakeRules.RECORD_BY_RECORD, List.of(List.of(first, good(0, 4, 7))));
        MiniBatch step = step(intake);
        assertThat(step.samples()).isSameAs(first.batch());
        assertThat(step(intake)).as("until it is told what became of it").isEqualTo(step);
        assertThat(intake.positions()).isEqualTo(Positions.of(0, 0));
        intake.trained(step);
        assertThat(intake.positions()).isEqualTo(Positions.of(0, 4));
        assertThat(intake.memory()).isEqualTo(new IntakeMemory("id", 0, List.of(), ReadAhead.NOTHING, List.of()));
        assertThat(intake.refused(step(intake), IntakeTest.class, RejectReason.NON_FINITE_LOSS, "the loss is NaN"))
                .singleElement()
                .satisfies(rejected -> {
                    assertThat(rejected.detail()).isEqualTo("the loss is NaN");
                    assertThat(rejected.record().offset()).isEqualTo(4);
                });
    }

    @Test
    void aRefusalBehindWaitingSamplesIsSaidAtOnceAndOnlyOnce() throws Exception {
        List<List<Polled>> partitions = List.of(List.of(good(0, 5, 10), bad(0, 6), good(0, 7, 100), good(0, 8, 1)));
        Intake intake = intake(BY_64, partitions);
        assertThat(next(intake)).isEqualTo(new Taken.Gathering());
        assertThat(rejected(intake).record()).hasToString("topic-0@6");
        assertThat(intake.positions()).as("the samples before it wait").isEqualTo(Positions.of(0, 0));
        assertThat(intake.memory().ahead())
                .isEqualTo(new ReadAhead(List.of(new Place(0, 7)), List.of(new Place(0, 5))));
        assertThat(intake.lag()).hasValue(3);

        intake = intake(BY_64, partitions, intake.positions(), intake.memory());
        assertThat(next(intake)).isEqualTo(new Taken.Gathering());
        assertThat(next(intake)).as("refused before").isEqualTo(new Taken.Gathering());
        MiniBatch step = step(intake);
        assertThat(step.shares())
                .extracting(Share::words)
                .containsExactly("samples 0 to 9 of 10", "samples 0 to 53 of 100");
        intake.trained(step);
        assertThat(intake.positions()).isEqualTo(Positions.of(0, 7));
        assertThat(intake.memory().cursor()).containsExactly(new Cursor(0, 7, 54));
        assertThat(intake.memory().ahead()).isEqualTo(ReadAhead.NOTHING);

        intake = intake(BY_64, partitions, intake.positions(), intake.memory());
        assertThat(next(intake)).isEqualTo(new Taken.Gathering());
        assertThat(next(intake)).isEqualTo(new Taken.Gathering());
        assertThat(next(intake)).isEqualTo(new Taken.Nothing());
        assertThat(intake.isReadToEnd()).isTrue();
        assertThat(intake.lag()).hasValue(2);
        assertThat(intake.memory().cursor()).containsExactly(new Cursor(0, 7, 54));
    }

    @Test
    void aRefusedStepIsADeadLetterForEachRecordInItAndTheRestGoesOn() throws Exception {
        Intake intake = intake(BY_64, List.of(List.of(good(0, 0, 10), good(0, 1, 150))));
        next(intake);
        assertThat(intake.refused(step(intake), IntakeTest.class, RejectReason.NON_FINITE_LOSS, "the loss is NaN"))
                .extracting(RejectedRecord::detail)
                .containsExactly(
                        "the loss is NaN; samples 0 to 9 of 10 of this record were in the refused mini-batch of 64",
                        "the loss is NaN; samples 0 to 53 of 150 of this record were in the refused mini-batch of 64");
        MiniBatch rest = step(intake);
        assertThat(IntakeOracle.labels(rest.samples())).startsWith(1054L).endsWith(1117L);
        assertThat(rest.record().offset()).isEqualTo(1);
        assertThat(intake.memory().pinned()).isEmpty();
        intake.trained(rest);
        assertThat(intake.memory().pinned())
                .containsExactly(
                        new SampleKind("x", DType.F32, List.of(1L)), new SampleKind("y", DType.I64, List.of()));
    }

    @Test
    void samplesOfOneRecordAreViewsOfIt() throws Exception {
        byte[] bytes = new byte[300 * Float.BYTES];
        var x = new Tensor("x", DType.F32, List.of(300L), ByteBuffer.wrap(bytes));
        var whole = new TrainingBatch(List.of(x), List.of(Tensors.i64("y", new long[300], 300)), 300);
        Intake intake = intake(BY_64, List.of(List.of(new Polled.Batch(whole, record(0, 0)))));
        intake.trained(step(intake));
        MiniBatch second = step(intake);
        bytes[64 * Float.BYTES] = 7;
        assertThat(second.samples().inputs().getFirst().data().get(0)).isEqualTo((byte) 7);
    }

    @Test
    void aRecordThatChangedWhileItWasConsumedInPartStopsTheJob() throws Exception {
        var memory = new IntakeMemory("id", 0, List.of(new Cursor(0, 5, 10)), ReadAhead.NOTHING, List.of());
        for (Polled changed : List.of(good(0, 6, 100), good(0, 5, 10), bad(0, 7))) {
            Intake intake = intake(BY_64, List.of(List.of(changed)), Positions.of(0, 5), memory);
            assertThatThrownBy(() -> next(intake))
                    .isInstanceOf(OperatorNeededException.class)
                    .hasMessageContainingAll("first 10 samples", "partition 0, offset 5", "finecomb.kafka.job");
            assertThat(intake.positions())
                    .as("the last cut names what was there")
                    .isEqualTo(Positions.of(0, 5));
            assertThat(intake.memory()).isEqualTo(memory);
        }
    }

    @Test
    void samplesThatNoTensorCanHoldAreRefused() throws Exception {
        var rules = new IntakeRules(OptionalInt.of(1 << 30), Merge.ORDERED);
        RejectedRecord large = rejected(intake(rules, List.of(List.of(good(0, 0, 1)))));
        assertThat(large.reason()).isEqualTo(RejectReason.TOO_LARGE);
        assertThat(large.detail()).contains("x", "finecomb.training.batch-size");
    }

    @Test
    void anAddedPartitionIsReadFromItsBeginningInItsTurn() throws Exception {
        List<Polled> first = List.of(good(0, 0, 1), good(0, 1, 1), good(0, 2, 1));
        Intake before = intake(IntakeRules.RECORD_BY_RECORD, List.of(first));
        before.trained(step(before));
        Intake after = intake(
                IntakeRules.RECORD_BY_RECORD,
                List.of(first, List.of(good(1, 0, 1))),
                before.positions(),
                before.memory());
        assertThat(after.positions()).isEqualTo(Positions.of(Map.of(0, 1L, 1, 0L)));
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            MiniBatch step = step(after);
            order.add(step.record().toString());
            after.trained(step);
        }
        assertThat(order).containsExactly("topic-0@1", "topic-1@0", "topic-0@2");
        assertThat(after.positions()).isEqualTo(Positions.of(Map.of(0, 3L, 1, 1L)));
        assertThat(next(after)).as("partition 1 is due and empty").isEqualTo(new Taken.Nothing());
        assertThat(after.memory().turn()).isEqualTo(1);
    }

    /** The first record waits for samples, the second is refused ahead of it; partitions 3 and 4 are not read in this round. */
    @Test
    void afterARestartTheNextCutsAreTheSameOverManyPartitions() throws Exception {
        List<List<Polled>> partitions = List.of(
                List.of(good(0, 0, 2)), List.of(bad(1, 0)), List.of(good(2, 0, 2)), List.of(), List.of(good(4, 0, 1)));
        var fours = new IntakeRules(OptionalInt.of(4), Merge.ORDERED);
        Intake calm = intake(fours, partitions);
        assertThat(next(calm)).isInstanceOf(Taken.Gathering.class);
        assertThat(next(calm)).isInstanceOf(Taken.Rejected.class);
        Intake restarted = intake(fours, partitions, calm.positions(), calm.memory());
        assertThat(next(restarted)).isInstanceOf(Taken.Gathering.class);
        assertThat(next(restarted)).as("refused already").isInstanceOf(Taken.Gathering.class);
        for (Intake intake : List.of(calm, restarted)) {
            intake.trained(step(intake));
        }
        assertThat(restarted.positions()).isEqualTo(calm.positions());
        assertThat(restarted.memory()).isEqualTo(calm.memory());
    }
}
