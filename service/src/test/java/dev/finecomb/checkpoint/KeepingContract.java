package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.Sha256;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What every store promises, wherever its checkpoints lie. */
abstract class KeepingContract extends StoreContract {
    private StoredCheckpoint write(CheckpointId id) throws IOException {
        return store.write(id, Checkpoints.parts(id.sequence()), Checkpoints.manifest(id));
    }

    private StoredCheckpoint write(long sequence) throws IOException {
        return write(Checkpoints.id(sequence));
    }

    @Test
    void whatWasWrittenIsFoundByItsPointer() throws Exception {
        StoredCheckpoint written = write(7);
        StoredCheckpoint loaded = store.load(written.pointer());
        assertThat(loaded.manifest()).isEqualTo(written.manifest());
        assertThat(loaded.pointer()).isEqualTo(written.manifest().pointer());
        assertThat(loaded.manifestBytes()).isEqualTo(world.read(loaded.id(), "manifest.json"));
        assertThat(loaded.location()).endsWith("/i1-000000000007");
        assertThat(Files.readString(loaded.part("job.json"))).isEqualTo("{\"sequence\":7}");
        assertThat(loaded.manifest().files()).allSatisfy(file -> {
            assertThat(Files.size(loaded.part(file.name()))).isEqualTo(file.bytes());
            assertThat(Sha256.hex(loaded.part(file.name()))).isEqualTo(file.sha256());
        });
        assertThatThrownBy(() -> loaded.part("other")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNameIsNeverWrittenTwice() throws Exception {
        StoredCheckpoint first = write(7);
        assertThatThrownBy(() -> write(7)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(store.load(first.pointer()).manifest()).isEqualTo(first.manifest());
        assertThat(world.names()).containsExactly("i1-000000000007");
    }

    @Test
    void collectingKeepsTheCommittedOneItsPredecessorsEverythingNewerAndOtherHistories() throws Exception {
        for (long sequence = 0; sequence <= 5; sequence++) {
            store.collect(write(sequence).id(), 9);
        }
        write(6);
        write(new CheckpointId("i0", 1));
        store.collect(Checkpoints.id(5), 2);
        assertThat(world.names())
                .containsExactly(
                        "i0-000000000001", "i1-000000000003", "i1-000000000004", "i1-000000000005", "i1-000000000006");
        store.collect(Checkpoints.id(5), 0);
        assertThat(world.names()).containsExactly("i0-000000000001", "i1-000000000005", "i1-000000000006");
    }

    @Test
    void whatTheFormerOwnerLeftUnfinishedGoes() throws Exception {
        write(1);
        world.leaveUnfinished(Checkpoints.id(3));
        world.leaveForeign("notes.txt");
        store.removeUnfinished(store.survey());
        assertThat(store.survey().entries()).allMatch(entry -> entry.finished() || world.isBareClaim(entry.name()));
        assertThat(world.names()).containsExactly("i1-000000000001", "notes.txt");
    }

    @Test
    void whatTheFormerOwnerDidNotCommitGoesWithTheNextCommitAndItsNameIsNotUsedAgain() throws Exception {
        StoredCheckpoint committed = write(1);
        write(2);
        write(new CheckpointId("i0", 9));
        CheckpointStore successor = world.open();
        successor.load(committed.pointer());
        successor.removeUnfinished(successor.survey());
        assertThat(successor.nextSequence(committed.id())).isEqualTo(3);
        successor.collect(write(3).id(), 2);
        assertThat(world.names()).containsExactly("i0-000000000009", "i1-000000000001", "i1-000000000003");
        assertThat(successor.nextSequence(Checkpoints.id(3))).isEqualTo(4);
    }

    @Test
    void whatAStaleOwnerLeftBetweenTwoCommitsIsNoPredecessor() throws Exception {
        store.collect(write(2).id(), 2);
        store.collect(write(3).id(), 2);
        StoredCheckpoint resumed = write(4);
        CheckpointStore successor = world.open();
        successor.load(resumed.pointer());
        write(5);
        successor.write(Checkpoints.id(6), Checkpoints.parts(6), Checkpoints.manifest(Checkpoints.id(6)));
        successor.collect(Checkpoints.id(6), 2);
        assertThat(world.names()).containsExactly("i1-000000000003", "i1-000000000004", "i1-000000000006");
    }

    @Test
    void theNextOwnerKnowsThePredecessorsEvenIfTheLastOneDiedBeforeItCollected() throws Exception {
        store.collect(write(2).id(), 2);
        store.collect(write(3).id(), 2);
        world.open().write(Checkpoints.id(4), Checkpoints.parts(4), Checkpoints.manifest(Checkpoints.id(4)));
        StoredCheckpoint committed = write(5);
        CheckpointStore successor = world.open();
        successor.load(committed.pointer());
        successor.collect(committed.id(), 2);
        assertThat(world.names()).containsExactly("i1-000000000002", "i1-000000000003", "i1-000000000005");
    }

    @Test
    void beginningsThatWereNeverCommittedGoUnlessTheyCameAfterTheSurvey() throws Exception {
        write(new CheckpointId("i0", 0));
        write(0);
        write(new CheckpointId("i2", 1));
        world.leaveUnfinished(new CheckpointId("i4", 0));
        world.leaveForeign("notes.txt");
        Survey seen = store.survey();
        write(new CheckpointId("i3", 0));
        store.removeAbandonedBeginnings(seen);
        assertThat(world.names()).containsExactly("i2-000000000001", "i3-000000000000", "notes.txt");
    }

    @Test
    void theNextSequenceIsAboveEverythingOfItsHistory() throws Exception {
        assertThat(store.nextSequence(Checkpoints.id(4))).isEqualTo(5);
        write(6);
        write(new CheckpointId("i0", 40));
        assertThat(store.nextSequence(Checkpoints.id(4))).isEqualTo(7);
    }

    @Test
    void emptinessCountsFinishedCheckpointsOnly() throws Exception {
        world.leaveUnfinished(new CheckpointId("i4", 0));
        assertThat(store.survey().checkpoints().isEmpty()).isTrue();
        assertThat(store.survey().holdsNothingLearned()).isTrue();
        write(CheckpointId.FIRST_SEQUENCE);
        assertThat(store.survey().checkpoints().isEmpty()).isFalse();
        assertThat(store.survey().holdsNothingLearned()).isTrue();
        write(1);
        assertThat(store.survey().holdsNothingLearned()).isFalse();
        assertThat(store.survey().checkpoints()).containsExactly(Checkpoints.id(0), Checkpoints.id(1));
    }

    @Test
    void theProbeLeavesNothingBehind() throws Exception {
        store.probeWritable();
        assertThat(world.names()).isEmpty();
        CheckpointStore gone = world.openGone();
        assertThatThrownBy(gone::probeWritable).isInstanceOf(IOException.class);
    }
}
