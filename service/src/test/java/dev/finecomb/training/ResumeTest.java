package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.finecomb.protocol.tensor.Tensor;
import dev.finecomb.sparsity.IncompatibleStateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was interrupted is the uninterrupted run, bit for bit. */
class ResumeTest {

    /** Case, steps before the interruption: amid the removal; and the form that computes. */
    static Stream<Arguments> interruptions() {
        return Stream.of(Trainers.Form.values())
                .flatMap(form -> Stream.of(
                        Arguments.of("cnn-2of4-bn", 20, Map.of(), form),
                        Arguments.of("mlp-4of8", 30, Map.of(), form),
                        Arguments.of("mlp-2of4", 10, Map.of("training.optimizer.kind", "adamw"), form)));
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void equalsTheUninterruptedRun(String name, int before, Map<String, Object> settings, Trainers.Form form)
            throws Exception {
        GoldenCase golden = Trainers.golden(name);
        TrainerSnapshot cut;
        Map<String, String> uninterrupted;
        try (Trainer trainer = Trainers.of(golden, settings, form)) {
            Trainers.train(trainer, golden, before);
            assertThat(trainer.survivors()).isBetween(2, trainer.combinations() - 1);
            cut = trainer.snapshot();
            Map<String, String> atTheCut = Trainers.digest(cut);
            Trainers.train(trainer, golden, 10);
            assertThat(Trainers.digest(cut)).as("the copies").isEqualTo(atTheCut);
            uninterrupted = Trainers.digest(trainer.snapshot());
            assertThat(uninterrupted).isNotEqualTo(atTheCut);
        }
        try (Trainer trainer = Trainers.of(golden, settings, form)) {
            // Something else must be there before, or forgetting an array would not show.
            Trainers.train(trainer, golden, 3);
            trainer.restore(cut);
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(Trainers.digest(cut));
            assertThat(trainer.step()).isEqualTo(before);
            Trainers.train(trainer, golden, 10);
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(uninterrupted);
        }
    }

    @Test
    void stepsSurvivorsAndDensityComeBack() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        try (Trainer trainer = Trainers.of(golden);
                Trainer other = Trainers.of(golden)) {
            Trainers.train(trainer, golden, 30);
            other.restore(trainer.snapshot());
            assertThat(other.step()).isEqualTo(30);
            assertThat(other.samples()).isEqualTo(trainer.samples());
            assertThat(other.survivors()).isEqualTo(trainer.survivors());
            assertThat(other.density()).isEqualTo(trainer.density()).isLessThan(1);
        }
    }

    @Test
    void aForeignSnapshotIsRefusedAndChangesNothing() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        TrainerSnapshot own;
        List<TrainerSnapshot> foreign = new ArrayList<>();
        try (Trainer trainer = Trainers.of(golden)) {
            Trainers.train(trainer, golden, 12);
            own = trainer.snapshot();
        }
        for (Map<String, Object> settings : List.<Map<String, Object>>of(
                Map.of("training.optimizer.kind", "adamw"),
                Map.of("training.optimizer.momentum", 0),
                Map.of("sparsity.score.momentum", 0, "sparsity.score.nesterov", false))) {
            foreign.add(snapshotOf(golden, settings));
        }
        foreign.add(snapshotOf(Trainers.golden("mlp-4of8"), Map.of()));
        foreign.add(snapshotOf(Trainers.golden("cnn-1of4"), Map.of()));
        foreign.add(without(own, "parameter/fc1.bias"));
        try (Trainer trainer = Trainers.of(golden)) {
            Trainers.train(trainer, golden, 5);
            Map<String, String> before = Trainers.digest(trainer.snapshot());
            for (TrainerSnapshot snapshot : foreign) {
                assertThatExceptionOfType(StateArray.StateMismatchException.class)
                        .isThrownBy(() -> trainer.restore(snapshot));
                assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(before);
            }
        }
        try (Trainer trainer = Trainers.of(golden, Map.of("training.optimizer.momentum", 0))) {
            Map<String, String> before = Trainers.digest(trainer.snapshot());
            assertThatExceptionOfType(StateArray.StateMismatchException.class)
                    .isThrownBy(() -> trainer.restore(own))
                    .withMessageContaining("optimizer/momentum/fc1.weight");
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(before);
        }
    }

    @Test
    void aSnapshotUnderAnotherPatternIsRefusedAndChangesNothing() throws Exception {
        GoldenCase golden = Trainers.golden("mlp-2of4");
        TrainerSnapshot other = snapshotOf(golden, Map.of("sparsity.pattern", "1:4"));
        try (Trainer trainer = Trainers.of(golden)) {
            Trainers.train(trainer, golden, 5);
            Map<String, String> before = Trainers.digest(trainer.snapshot());
            assertThatExceptionOfType(IncompatibleStateException.class).isThrownBy(() -> trainer.restore(other));
            assertThat(Trainers.digest(trainer.snapshot())).isEqualTo(before);
        }
    }

    private static TrainerSnapshot snapshotOf(GoldenCase golden, Map<String, Object> settings) throws Exception {
        try (Trainer trainer = Trainers.of(golden, settings)) {
            Trainers.train(trainer, golden, 2);
            return trainer.snapshot();
        }
    }

    private static TrainerSnapshot without(TrainerSnapshot snapshot, String name) {
        List<Tensor> tensors = snapshot.tensors().stream()
                .filter(tensor -> !tensor.name().equals(name))
                .toList();
        return new TrainerSnapshot(snapshot.step(), snapshot.samples(), tensors);
    }
}
