package dev.finecomb.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.batch.RejectReason;
import dev.finecomb.protocol.batch.TrainingBatch;
import dev.finecomb.protocol.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantiningTrainerTest {
    private static final float DEADLY = 13;
    private static final String DEATH = "out of memory";

    @TempDir
    Path directory;

    /** A trainer that counts its steps and dies of batches that hold {@link #DEADLY}. */
    private static final class Mortal {
        final List<Float> trained = new ArrayList<>();
        boolean immortal;

        Trainer trainer() {
            return (Trainer) Proxy.newProxyInstance(
                    Mortal.class.getClassLoader(), new Class<?>[] {Trainer.class}, (_, method, arguments) -> {
                        if (!method.getName().equals("step")) {
                            throw new UnsupportedOperationException(method.getName());
                        }
                        return arguments == null ? (long) trained.size() : step((TrainingBatch) arguments[0]);
                    });
        }

        private StepResult step(TrainingBatch batch) {
            float value = batch.inputs().getFirst().data().getFloat(0);
            if (value == DEADLY && !immortal) {
                throw new IllegalStateException(DEATH);
            }
            trained.add(value);
            return new StepResult.Trained(trained.size(), 1, 1, OptionalDouble.empty(), 1, 1, 1, 1, false);
        }
    }

    private static TrainingBatch batch(float value) {
        return new TrainingBatch(
                List.of(Tensors.f32("x", new float[] {value}, 1, 1)), List.of(Tensors.i64("y", new long[] {0}, 1)), 1);
    }

    private Path note() {
        return directory.resolve("under-way.note");
    }

    private QuarantiningTrainer start(Mortal mortal) {
        return new QuarantiningTrainer(mortal.trainer(), note());
    }

    /** A process that starts at step 0, trains on 1 and 2, and dies of what follows. */
    private void die(float... more) throws IOException {
        QuarantiningTrainer trainer = start(new Mortal());
        trainer.step(batch(1));
        trainer.step(batch(2));
        assertThatThrownBy(() -> {
                    for (float value : more) {
                        trainer.step(batch(value));
                    }
                    trainer.step(batch(DEADLY));
                })
                .hasMessage(DEATH);
        trainer.close();
    }

    private StepResult third(Mortal mortal) throws IOException {
        QuarantiningTrainer trainer = start(mortal);
        trainer.step(batch(1));
        trainer.step(batch(2));
        return trainer.step(batch(DEADLY));
    }

    @Test
    void afterThreeDeathsInARowTheBatchIsRefusedAndTheNextOneTrained() throws IOException {
        die();
        die();
        die();
        var mortal = new Mortal();
        try (QuarantiningTrainer trainer = start(mortal)) {
            trainer.step(batch(1));
            trainer.step(batch(2));
            assertThat(trainer.step(batch(DEADLY))).isInstanceOfSatisfying(StepResult.Rejected.class, rejected -> {
                assertThat(rejected.reason()).isEqualTo(RejectReason.QUARANTINED);
                assertThat(rejected.detail()).contains("3 times in a row", "as step 3");
            });
            assertThat(trainer.step(batch(4))).isInstanceOf(StepResult.Trained.class);
        }
        assertThat(mortal.trained).containsExactly(1f, 2f, 4f);
    }

    @Test
    void theDecisionHoldsForLaterStartsAndForNoOtherStep() throws IOException {
        die();
        die();
        die();
        assertThat(third(new Mortal())).isInstanceOf(StepResult.Rejected.class);
        assertThat(third(new Mortal())).isInstanceOf(StepResult.Rejected.class);
        QuarantiningTrainer trainer = start(new Mortal());
        trainer.step(batch(1));
        assertThatThrownBy(() -> trainer.step(batch(DEADLY))).hasMessage(DEATH);
    }

    @Test
    void twoDeathsAreNotEnoughAndASuccessAcquits() throws IOException {
        die();
        die();
        assertThat(third(immortal())).isInstanceOf(StepResult.Trained.class);
        die();
        die();
        assertThat(third(immortal())).isInstanceOf(StepResult.Trained.class);
    }

    private static Mortal immortal() {
        var mortal = new Mortal();
        mortal.immortal = true;
        return mortal;
    }

    @Test
    void aDeathInAnotherStepBeginsANewRow() throws IOException {
        die();
        die();
        die(3);
        die();
        die();
        assertThatThrownBy(() -> third(new Mortal())).hasMessage(DEATH);
    }

    @Test
    void anEndBetweenTwoStepsBreaksTheRow() throws IOException {
        die();
        die();
        try (QuarantiningTrainer trainer = start(new Mortal())) {
            trainer.step(batch(1));
        }
        assertThatThrownBy(() -> third(new Mortal())).hasMessage(DEATH);
        die();
        assertThatThrownBy(() -> third(new Mortal())).hasMessage(DEATH);
        assertThat(third(new Mortal())).isInstanceOf(StepResult.Rejected.class);
    }

    @Test
    void severalBatchesAreQuarantinedOneAfterTheOther() throws IOException {
        die();
        die();
        die();
        for (int death = 0; death < StepNote.DEATHS; death++) {
            QuarantiningTrainer trainer = start(new Mortal());
            trainer.step(batch(1));
            trainer.step(batch(2));
            trainer.step(batch(DEADLY));
            trainer.step(batch(3));
            assertThatThrownBy(() -> trainer.step(batch(DEADLY))).hasMessage(DEATH);
        }
        var mortal = new Mortal();
        QuarantiningTrainer trainer = start(mortal);
        for (float value : new float[] {1, 2, DEADLY, 3, DEADLY, 5}) {
            trainer.step(batch(value));
        }
        assertThat(mortal.trained).containsExactly(1f, 2f, 3f, 5f);
    }

    @Test
    void aNoteThatIsTornOrForeignIsMadeAnew() throws IOException {
        die();
        die();
        die();
        Files.write(note(), new byte[100]);
        assertThatThrownBy(() -> third(new Mortal())).hasMessage(DEATH);
        byte[] foreign = Files.readAllBytes(note());
        foreign[0]++;
        Files.write(note(), foreign);
        die();
        die();
        assertThatThrownBy(() -> third(new Mortal())).hasMessage(DEATH);
        assertThat(third(new Mortal())).isInstanceOf(StepResult.Rejected.class);
    }

    @Test
    void anOvertakenOwnerWritesWhereNobodyLooks() throws IOException {
        die();
        QuarantiningTrainer overtaken = start(immortal());
        overtaken.step(batch(1));
        QuarantiningTrainer owner = start(immortal());
        owner.step(batch(1));
        byte[] noted = Files.readAllBytes(note());
        overtaken.step(batch(2));
        overtaken.close();
        assertThat(note()).hasBinaryContent(noted);
        owner.step(batch(2));
        assertThat(Files.readAllBytes(note())).isNotEqualTo(noted);
        assertThat(directory).isDirectoryContaining(file -> file.equals(note()));
    }

    @Test
    void aNoteThatCannotBeKeptIsNamed() {
        QuarantiningTrainer trainer = new QuarantiningTrainer(immortal().trainer(), directory.resolve("gone/note"));
        assertThatThrownBy(() -> trainer.step(batch(1)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(directory.resolve("gone/note").toString());
    }
}
