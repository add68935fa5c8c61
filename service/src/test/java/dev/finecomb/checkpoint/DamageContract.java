package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the store does for a start that finds the committed checkpoint damaged. */
abstract class DamageContract extends StoreContract {
    private static final String STATE = "state.safetensors";

    private StoredCheckpoint write(long sequence) throws IOException {
        return Checkpoints.write(store, sequence);
    }

    private void flip(CheckpointId id, String file) throws IOException {
        byte[] bytes = world.read(id, file);
        bytes[bytes.length / 2] ^= 1;
        world.write(id, file, bytes);
    }

    private static String file(StoredCheckpoint checkpoint, String name) {
        return checkpoint.location() + "/" + name;
    }

    @Test
    void smallFilesAreWrittenBackFromThePublishedManifest() throws Exception {
        StoredCheckpoint written = write(3);
        CheckpointManifest published = CheckpointManifest.decode(written.manifestBytes());
        flip(written.id(), "job.json");
        world.delete(written.id(), "manifest.json");

        assertThat(store.mend(written.pointer(), published))
                .containsExactlyInAnyOrder(file(written, "job.json"), file(written, "manifest.json"));

        StoredCheckpoint loaded = store.load(written.pointer());
        assertThat(loaded.manifestBytes()).isEqualTo(written.manifestBytes());
        assertThat(Files.readString(loaded.part("job.json"))).isEqualTo("{\"sequence\":3}");
        assertThat(store.mend(written.pointer(), published)).isEmpty();
        assertThat(world.files(written.id())).hasSize(4);
    }

    @Test
    void tensorsAndMissingDirectoriesAreBeyondMending() throws Exception {
        StoredCheckpoint written = write(3);
        flip(written.id(), STATE);
        assertThat(store.mend(written.pointer(), written.manifest())).isEmpty();
        assertThatThrownBy(() -> store.load(written.pointer())).hasMessageContaining(file(written, STATE));
        world.remove(written.id());
        assertThat(store.mend(written.pointer(), written.manifest())).isEmpty();
        assertThat(world.names()).isEmpty();
    }

    @Test
    void aTextThatIsTooLargeIsNotCarriedAlong() throws Exception {
        CheckpointId id = Checkpoints.id(1);
        byte[] large = "x".repeat(200 << 10).getBytes(StandardCharsets.UTF_8);
        StoredCheckpoint written = store.write(
                id,
                List.of(
                        CheckpointPart.text("a.json", large),
                        CheckpointPart.text("b.json", large),
                        CheckpointPart.of("c.json", new byte[] {'1'}),
                        CheckpointPart.text("d.json", new byte[] {'2'})),
                Checkpoints.manifest(id));
        assertThat(written.manifest().files())
                .extracting(file -> file.content().map(String::length))
                .containsExactly(
                        Optional.of(200 << 10),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(1),
                        Optional.of("[]".length()));
        assertThat(store.load(written.pointer()).manifest()).isEqualTo(written.manifest());
    }

    @Test
    void theNewestWholeAncestorOfTheSameHistoryIsFound() throws Exception {
        CheckpointId foreign = new CheckpointId("i2", 4);
        store.write(foreign, Checkpoints.parts(4), Checkpoints.manifest(foreign));
        write(1);
        StoredCheckpoint whole = write(2);
        StoredCheckpoint torn = write(3);
        world.delete(torn.id(), STATE);
        StoredCheckpoint committed = write(5);
        write(6);

        CheckpointStore.Ancestry ancestry = store.newestAncestor(committed.id(), manifest -> Optional.empty());

        assertThat(ancestry.newest()).map(StoredCheckpoint::id).contains(whole.id());
        assertThat(ancestry.newest().orElseThrow().manifest()).isEqualTo(whole.manifest());
        assertThat(ancestry.passedOver())
                .singleElement()
                .satisfies(reason -> assertThat(reason).contains(file(torn, STATE), "no file"));
    }

    @Test
    void withoutAFittingAncestorEachIsNamedWithItsReason() throws Exception {
        write(1);
        StoredCheckpoint renamed = write(2);
        world.rename(renamed.id(), Checkpoints.id(3));
        CheckpointStore.Ancestry ancestry = store.newestAncestor(
                Checkpoints.id(5),
                manifest -> Optional.of("is of step " + manifest.origin().step()));
        assertThat(ancestry.newest()).isEmpty();
        assertThat(ancestry.passedOver()).hasSize(2);
        assertThat(ancestry.passedOver().getFirst()).contains("expected i1-000000000003, found i1-000000000002");
        assertThat(ancestry.passedOver().getLast()).contains("checkpoint i1-000000000001 is of step ");
    }

    @Test
    void aDamagedOneIsNeverCountedAsAPredecessorNotEvenByTheNextOwner() throws Exception {
        for (long sequence = 1; sequence <= 5; sequence++) {
            store.collect(write(sequence).id(), 9);
        }
        flip(Checkpoints.id(4), STATE);
        flip(Checkpoints.id(5), STATE);
        assertThat(store.newestAncestor(Checkpoints.id(5), manifest -> Optional.empty())
                        .newest())
                .map(StoredCheckpoint::id)
                .contains(Checkpoints.id(3));
        StoredCheckpoint anew = write(6);

        CheckpointStore next = world.open();
        next.load(anew.pointer());
        next.collect(anew.id(), 2);

        assertThat(next.survey().checkpoints())
                .containsExactly(Checkpoints.id(2), Checkpoints.id(3), Checkpoints.id(6));
    }

    @Test
    void oneThatWasBroughtBackCountsAgain() throws Exception {
        StoredCheckpoint first = write(1);
        StoredCheckpoint second = write(2);
        byte[] good = world.read(second.id(), STATE);
        flip(second.id(), STATE);
        store.newestAncestor(second.id(), manifest -> Optional.empty());
        world.write(second.id(), STATE, good);

        store.load(second.pointer());

        StoredCheckpoint third = write(3);
        CheckpointStore next = world.open();
        next.load(third.pointer());
        next.collect(third.id(), 1);
        assertThat(next.survey().checkpoints())
                .containsExactly(second.id(), third.id())
                .doesNotContain(first.id());
    }
}
