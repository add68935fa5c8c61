package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.config.CheckpointConfig.OnCorrupt;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.IntakeMemory;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.ingest.Positions;
import dev.finecomb.ingest.Taken;
import dev.finecomb.loop.ListedInput.Kind;
import dev.finecomb.protocol.Sha256;
import dev.finecomb.protocol.message.CheckpointManifest.Fingerprints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged checkpoints, over the real store and the real intake: what leads back to the commit, and what is refused. */
class RecoveryTest {
    private static final IntakeRules MINI_BATCHES = new IntakeRules(OptionalInt.of(4), Merge.ORDERED);

    @TempDir
    Path directory;

    private final ChainTrainer fresh = new ChainTrainer();

    private void requireCommitted(Cut expected) throws IOException {
        assertThat(CheckpointCodec.stateSha256(fresh.snapshot()))
                .isEqualTo(CheckpointCodec.stateSha256(expected.state().snapshot()));
    }

    private static void requireStandsAt(Cut expected, Recovery.Standpoint here) {
        Intake intake = here.replayed().orElseThrow();
        assertThat(here.memory()).isEqualTo(expected.state().memory());
        assertThat(intake.positions()).isEqualTo(expected.positions());
        assertThat(intake.memory())
                .isEqualTo(expected.state().memory().standing().input());
    }

    @Test
    void theInputIsTrainedAgainFromTheAncestorToTheCommit() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(3);
        StoredCheckpoint ancestor = world.checkpoint();
        world.take(4);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());

        Recovery.Standpoint here = world.rewind(committed, fresh);

        assertThat(here.committed()).isEqualTo(committed.id());
        assertThat(here.rewoundTo()).contains(ancestor.id());
        assertThat(fresh.step()).isEqualTo(7);
        requireCommitted(expected);
        requireStandsAt(expected, here);
        assertThat(world.producer.calls).as("silently").isEmpty();
    }

    @Test
    void aCheckpointDirectoryThatIsGoneIsNoOtherCase() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(5);
        StoredCheckpoint committed = world.checkpoint();
        Cut expected = world.cut(committed.id());
        try (var files = Files.list(Path.of(committed.location()))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(Path.of(committed.location()));

        requireStandsAt(expected, world.rewind(committed, fresh));
        requireCommitted(expected);
    }

    /** Two samples of the second record are left; what was refused behind it is the only difference between two cuts. */
    @Test
    void theReplayEndsInTheMiddleOfARecordAndBehindWhatWasRefusedAhead() throws Exception {
        RewindWorld world = new RewindWorld(directory, MINI_BATCHES, 1);
        world.input.add(0, Kind.MALFORMED, 1);
        world.input.add(0, Kind.GOOD, 3);
        world.input.add(0, Kind.GOOD, 3);
        world.input.add(0, Kind.MALFORMED, 1);
        world.input.add(0, Kind.MALFORMED, 1);
        world.input.add(0, Kind.GOOD, 2);
        world.begin();
        world.checkpoint();
        world.take(3);
        Cut before = world.cut(world.checkpoint().id());
        world.take(1);
        StoredCheckpoint committed = world.checkpoint();
        Cut expected = world.cut(committed.id());
        assertThat(expected.origin().step()).isEqualTo(before.origin().step()).isEqualTo(1);
        assertThat(expected.positions()).isEqualTo(before.positions()).isEqualTo(Positions.of(0, 2));
        assertThat(expected.state().memory().standing().input().cursor())
                .containsExactly(new IntakeMemory.Cursor(0, 2, 1));
        assertThat(expected.state().memory()).isNotEqualTo(before.state().memory());
        RewindWorld.damageState(committed);

        Recovery.Standpoint here = world.rewind(committed, fresh);

        requireStandsAt(expected, here);
        requireCommitted(expected);
        Intake intake = here.replayed().orElseThrow();
        assertThat(intake.next(Duration.ZERO))
                .isInstanceOfSatisfying(
                        Taken.Rejected.class,
                        next -> assertThat(next.rejected().record().offset()).isEqualTo(4));
        assertThat(intake.next(Duration.ZERO)).isInstanceOf(Taken.Step.class);
    }

    @Test
    void whatTheTrainerRefusedIsRefusedAgain() throws Exception {
        RewindWorld world = new RewindWorld(directory, MINI_BATCHES, 1);
        world.input.add(0, Kind.GOOD, 3);
        world.input.add(0, Kind.UNTRAINABLE, 3);
        world.input.add(0, Kind.GOOD, 9);
        world.begin();
        world.checkpoint();
        world.take(5);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());
        assertThat(expected.origin().step()).isEqualTo(1);

        requireStandsAt(expected, world.rewind(committed, fresh));
        requireCommitted(expected);
    }

    @Test
    void anAncestorThatIsDamagedTooIsPassedOver() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(2);
        StoredCheckpoint oldest = world.checkpoint();
        world.take(2);
        StoredCheckpoint damaged = world.checkpoint();
        world.take(2);
        StoredCheckpoint committed = world.checkpoint();
        Cut expected = world.cut(committed.id());
        RewindWorld.damageState(damaged);
        RewindWorld.damageState(committed);

        Recovery.Standpoint here = world.rewind(committed, fresh);

        assertThat(here.rewoundTo()).contains(oldest.id());
        requireStandsAt(expected, here);
        requireCommitted(expected);
    }

    @Test
    void withoutAnyWholeAncestorEachOneIsNamed() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        StoredCheckpoint foreign =
                world.checkpoint(new Fingerprints(Sha256.hex(new byte[] {9}), Sha256.hex(new byte[] {2})));
        world.take(2);
        StoredCheckpoint damaged = world.checkpoint();
        world.take(2);
        StoredCheckpoint committed = world.checkpoint();
        RewindWorld.damageState(damaged);
        RewindWorld.damageState(committed);

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, fresh))
                .withMessageContainingAll(
                        "the checkpoint that Kafka names is damaged: ",
                        Path.of(committed.location())
                                .resolve("state.safetensors")
                                .toString(),
                        "no older checkpoint to rewind to: ",
                        Path.of(damaged.location()).resolve("state.safetensors").toString(),
                        foreign.id() + " was made for another model or under other settings",
                        "Bring the file back from a copy of the store");
        assertThat(fresh.step()).isZero();
    }

    /** Its owner was overtaken before the commit; whoever took over began at the commit before, and did not come as far. */
    @Test
    void aLeftoverBeyondTheCommitIsPassedOver() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.take(2);
        StoredCheckpoint ancestor = world.checkpoint();
        world.take(5);
        world.checkpoint();
        world.restart(ancestor);
        world.take(2);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());

        Recovery.Standpoint here = world.rewind(committed, fresh);

        assertThat(here.rewoundTo()).contains(ancestor.id());
        requireStandsAt(expected, here);
        requireCommitted(expected);
    }

    @Test
    void theFirstCheckpointHasNoAncestor() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        StoredCheckpoint committed = world.damagedCheckpoint();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, fresh))
                .withMessageContainingAll("the store holds none of this job's history", "Bring the file back");
    }

    @Test
    void anInterruptEndsTheReplayAndLeavesEverythingForTheNextStart() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());
        ListedInput stopping = world.input.again();
        stopping.beforePoll(count -> {
            if (count == 2) {
                Thread.currentThread().interrupt();
            }
        });
        var stopped = new ChainTrainer();

        assertThatThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, stopped, stopping))
                .isInstanceOf(InterruptedException.class);

        assertThat(stopped.step()).as("the step under way is finished").isEqualTo(3);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(world.producer.calls).isEmpty();
        requireStandsAt(expected, world.rewind(committed, fresh));
        requireCommitted(expected);
    }

    @AfterEach
    void forgetAnInterrupt() {
        boolean _ = Thread.interrupted();
    }

    @Test
    void ratesThatOrdersSetHoldFromWhereTheyWereGiven() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.take(2);
        world.setBaseRate(0.5);
        world.checkpoint();
        world.take(3);
        world.setBaseRate(0.25);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());

        requireStandsAt(expected, world.rewind(committed, fresh));

        requireCommitted(expected);
        assertThat(fresh.rate()).isEqualTo(0.25);
    }

    @Test
    void smallFilesAreMendedFromTheManifestWithoutReadingTheInput() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.checkpoint();
        Cut expected = world.cut(committed.id());
        RewindWorld.damage(committed, "job.json");
        RewindWorld.damage(committed, "masks.json");
        Files.delete(Path.of(committed.location()).resolve("manifest.json"));
        ListedInput unread = world.input.again();
        unread.beforePoll(count -> {
            throw new AssertionError("the input is read");
        });

        Recovery.Standpoint here = world.recover(committed, OnCorrupt.REWIND, fresh, unread);

        assertThat(here.rewoundTo()).isEmpty();
        assertThat(here.replayed()).isEmpty();
        assertThat(here.memory()).isEqualTo(expected.state().memory());
        requireCommitted(expected);
        assertThat(world.store().load(committed.pointer()).manifest()).isEqualTo(committed.manifest());
    }

    @Test
    void mendingComesBeforeReplayingWhenBothAreNeeded() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.checkpoint();
        Cut expected = world.cut(committed.id());
        RewindWorld.damage(committed, "job.json");
        RewindWorld.damageState(committed);

        requireStandsAt(expected, world.rewind(committed, fresh));
        requireCommitted(expected);
    }

    @Test
    void aMemoryTooLargeForTheManifestHasToBeWholeOnTheDisk() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        world.answered(Collections.nCopies(300, new LoopMemory.Answered("id", 3, "x".repeat(1000))), 0);
        StoredCheckpoint committed = world.damagedCheckpoint();
        Cut expected = world.cut(committed.id());
        requireStandsAt(expected, world.rewind(committed, fresh));
        requireCommitted(expected);

        RewindWorld.damage(committed, "job.json");
        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, new ChainTrainer()))
                .withMessageContainingAll(
                        Path.of(committed.location()).resolve("job.json").toString(),
                        "is damaged or missing",
                        "its manifest does not carry it along",
                        "Bring the file back from a copy of the store");
    }

    @Test
    void byDefaultTheJobStopsAndSaysWhatWouldHelp() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(1);
        StoredCheckpoint committed = world.damagedCheckpoint();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.STOP, fresh, world.input.again()))
                .withMessageContainingAll(
                        Path.of(committed.location())
                                .resolve("state.safetensors")
                                .toString(),
                        "Bring the file back from a copy of the store",
                        "finecomb.checkpoint.on-corrupt=rewind");
        assertThat(fresh.step()).isZero();
    }
}
