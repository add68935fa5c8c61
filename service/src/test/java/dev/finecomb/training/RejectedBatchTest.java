package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.DType;
import dev.finecomb.protocol.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A refused batch leaves no trace: not in the state, and not in any later step. */
class RejectedBatchTest {
    private static final Map<String, Object> ADAMW = Map.of("training.optimizer.kind", "adamw");

    /** A batch that is refused, and why. */
    private record Poison(TrainingBatch batch, RejectReason reason) {}

    /** A trainer at step 0, always the same. */
    @FunctionalInterface
    private interface Start {
        Trainer open() throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void batchesThatNoNetworkTakes(Trainers.Form form) throws Exception {
        GoldenCase golden = Trainers.golden("cnn-2of4-bn");
        TrainingBatch sound = golden.batch(3);
        Tensor fractions = new Tensor(
                "y", DType.F32, List.of((long) sound.samples()), ByteBuffer.allocate(Float.BYTES * sound.samples()));
        leavesNoTrace(
                () -> Trainers.of(golden, Map.of(), form),
                golden::batch,
                List.of(
                        new Poison(Trainers.scaled(sound, Float.NaN), RejectReason.NON_FINITE_LOSS),
                        new Poison(Trainers.scaled(sound, Float.POSITIVE_INFINITY), RejectReason.NON_FINITE_LOSS),
                        new Poison(Trainers.labelled(sound, 1_000_000), RejectReason.LABEL_RANGE),
                        new Poison(Trainers.labelled(sound, -1), RejectReason.LABEL_RANGE),
                        new Poison(Trainers.random(1, 3, 8L, 5L), RejectReason.SHAPE),
                        new Poison(withLabels(sound, fractions), RejectReason.DTYPE)));
    }

    @Test
    void gradientsThatExplode() throws Exception {
        TrainingBatch sound = Trainers.random(99, 4, 16L, 8L);
        leavesNoTrace(
                () -> Trainers.of("unbounded.pt", ADAMW),
                step -> Trainers.random(step, 4, 16L, 8L),
                List.of(
                        new Poison(Trainers.scaled(sound, 1e25f), RejectReason.GRAD_EXPLOSION),
                        new Poison(Trainers.scaled(sound, 3e38f), RejectReason.NON_FINITE_LOSS)));
    }

    /** Loss and gradient are finite, but the running variance would be infinite for ever. */
    @Test
    void statisticsThatOverflow() throws Exception {
        TrainingBatch sound = Trainers.random(99, 4, 16L, 8L);
        leavesNoTrace(
                () -> Trainers.of("unbounded-bn.pt", ADAMW),
                step -> Trainers.random(step, 4, 16L, 8L),
                List.of(new Poison(Trainers.scaled(sound, 1e25f), RejectReason.NON_FINITE_LOSS)));
    }

    private static TrainingBatch withLabels(TrainingBatch batch, Tensor labels) {
        return new TrainingBatch(batch.inputs(), List.of(labels), batch.samples());
    }

    private static void leavesNoTrace(Start start, IntFunction<TrainingBatch> batches, List<Poison> poisons)
            throws Exception {
        List<Integer> bits = new ArrayList<>();
        Map<String, String> undisturbed;
        int steps = 18;
        try (Trainer trainer = start.open()) {
            for (int step = 0; step < steps; step++) {
                bits.add(Float.floatToRawIntBits(
                        (float) Trainers.trained(trainer, batches.apply(step)).loss()));
            }
            undisturbed = Trainers.digest(trainer.snapshot());
        }
        try (Trainer trainer = start.open()) {
            for (int step = 0; step < steps; step++) {
                Map<String, String> before = Trainers.digest(trainer.snapshot());
                int arrays = trainer.nativeArrays();
                // From the very first step on, where gradients and optimizer state are new.
                for (Poison poison : step % 6 == 0 ? poisons : List.<Poison>of()) {
                    assertThat(trainer.step(poison.batch()))
                            .isInstanceOfSatisfying(
                                    StepResult.Rejected.class,
                                    rejected -> assertThat(rejected.reason())
                                            .as(rejected.detail())
                                            .isEqualTo(poison.reason()));
                    assertThat(Trainers.digest(trainer.snapshot()))
                            .as("state after %s", poison.reason())
                            .isEqualTo(before);
                    assertThat(trainer.nativeArrays()).isEqualTo(arrays);
                }
                assertThat(Float.floatToRawIntBits((float)
                                Trainers.trained(trainer, batches.apply(step)).loss()))
                        .as("loss of step %d", step)
                        .isEqualTo(bits.get(step));
            }
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(undisturbed);
        }
    }
}
