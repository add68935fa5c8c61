package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.config.CheckpointConfig.OnCorrupt;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.ingest.OperatorNeededException;
import dev.finecomb.loop.ListedInput.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays that do not lead to the commit: each is refused with what differs. */
class ReplayRefusalTest {
    private static final IntakeRules MINI_BATCHES = new IntakeRules(OptionalInt.of(4), Merge.ORDERED);

    @TempDir
    Path directory;

    private final ChainTrainer fresh = new ChainTrainer();

    @Test
    void anotherOutcomeIsRefusedWithBothDigests() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        StoredCheckpoint ancestor = world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.damagedCheckpoint();
        String expected =
                CheckpointCodec.stateSha256(world.cut(committed.id()).state().snapshot());
        var drifting = new ChainTrainer(1);

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, drifting))
                .withMessageContainingAll(
                        "training again from checkpoint " + ancestor.id() + " to step 6 gave another state",
                        "expected sha256:" + expected,
                        "found sha256:" + CheckpointCodec.stateSha256(drifting.snapshot()),
                        "does not repeat its results. Nothing was published. Bring the file back");
        assertThat(world.producer.calls).isEmpty();
    }

    @Test
    void severalPartitionsReadAsTheyArriveAreNamedAsAReason() throws Exception {
        RewindWorld world = new RewindWorld(directory, new IntakeRules(OptionalInt.empty(), Merge.ARRIVAL), 2);
        world.input.add(0, Kind.GOOD, 2);
        world.input.add(1, Kind.GOOD, 2);
        world.begin();
        world.checkpoint();
        world.take(2);
        StoredCheckpoint committed = world.damagedCheckpoint();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, new ChainTrainer(1)))
                .withMessageContaining("With finecomb.ingest.merge=arrival nobody knows afterwards in which order");
    }

    @Test
    void anInputThatIsLostIsRefusedWithTheSourcesOwnWords() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        StoredCheckpoint ancestor = world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.damagedCheckpoint();
        ListedInput lost = world.input.again();
        lost.beforePoll(count -> {
            if (count == 2) {
                throw new OperatorNeededException("Records from offset 2 on are gone. Restore the topic.");
            }
        });

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, fresh, lost))
                .withMessageContainingAll(
                        "the input can't be trained again from checkpoint " + ancestor.id() + " at {0=0}: ",
                        "Records from offset 2 on are gone. Restore the topic. Bring the file back");
    }

    @Test
    void anInputThatEndsTooEarlyIsGivenTimeAndThenRefused() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.damagedCheckpoint();
        ListedInput shorter = world.input.again();
        shorter.cut(0, 4);
        long begin = world.host.nanoTime();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, fresh, shorter))
                .withMessageContaining(
                        "the input ends when the replay stands at step 4 and {0=4}, before step 6 at {0=6}:"
                                + " records that were trained on are gone. Bring the file back");
        assertThat(Duration.ofNanos(world.host.nanoTime() - begin))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(31));
    }

    @Test
    void anInputOfOtherRecordsPassesTheCommitAndIsRefused() throws Exception {
        RewindWorld world = afterSixOf(10);
        StoredCheckpoint committed = world.damagedCheckpoint();
        assertThat(committed.manifest().origin().step()).isEqualTo(3);
        ListedInput other = world.input.again();
        other.replace(0, 1, 1);

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, fresh, other))
                .withMessageContainingAll(
                        "has passed step 3 at {0=6}", "the input no longer holds the records that were trained on");
    }

    @Test
    void anInputOfOtherRecordsMayEndWhereOnlyTheCursorDiffers() throws Exception {
        RewindWorld world = afterSixOf(8);
        StoredCheckpoint committed = world.damagedCheckpoint();
        ListedInput other = world.input.again();
        other.replace(0, 1, 1);

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, fresh, other))
                .withMessageContaining(
                        "at step 3 and {0=6}, as the commit does, but other samples were trained on or other"
                                + " records refused: the input no longer holds the records that were trained on. Bring");
    }

    @Test
    void otherValuesOfTheSameShapeAreFoundByTheDigest() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(6);
        StoredCheckpoint committed = world.damagedCheckpoint();
        ListedInput other = world.input.again();
        other.replace(0, 3, 2);

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.recover(committed, OnCorrupt.REWIND, fresh, other))
                .withMessageContaining("gave another state");
    }

    @Test
    void aRateThatChangedOnTheWayIsNamedAsAReason() throws Exception {
        RewindWorld world = RewindWorld.tenSteps(directory);
        world.checkpoint();
        world.take(2);
        world.setBaseRate(0.5);
        world.take(2);
        StoredCheckpoint committed = world.damagedCheckpoint();

        assertThatExceptionOfType(OperatorNeededException.class)
                .isThrownBy(() -> world.rewind(committed, fresh))
                .withMessageContaining("Either an order changed the learning rate in between");
    }

    /** Of so many records, two samples each, the first six were taken; there is a checkpoint before them. */
    private RewindWorld afterSixOf(int records) throws Exception {
        RewindWorld world = new RewindWorld(directory, MINI_BATCHES, 1);
        for (int i = 0; i < records; i++) {
            world.input.add(0, Kind.GOOD, 2);
        }
        world.begin();
        world.checkpoint();
        world.take(6);
        return world;
    }
}
