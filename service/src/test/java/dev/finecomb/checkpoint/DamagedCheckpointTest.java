package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.protocol.message.CheckpointManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does for a start that finds the committed checkpoint damaged. */
class DamagedCheckpointTest {
    @TempDir
    Path directory;

    private CheckpointKeeper store;

    @BeforeEach
    void open() throws IOException {
        store = CheckpointKeeper.inDirectory(directory);
    }

    private StoredCheckpoint write(long sequence) throws IOException {
        CheckpointId id = Checkpoints.id(sequence);
        return store.write(id, Checkpoints.parts(sequence), Checkpoints.manifest(id));
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void smallFilesAreWrittenBackFromThePublishedManifest() throws Exception {
        StoredCheckpoint written = write(3);
        CheckpointManifest published = CheckpointManifest.decode(written.manifestBytes());
        flip(written.part("job.json"));
        Path manifest = Path.of(written.location()).resolve("manifest.json");
        Files.delete(manifest);
        Files.createDirectories(manifest.resolve("in-its-place"));

        assertThat(store.mend(written.pointer(), published))
                .containsExactlyInAnyOrder(written.part("job.json").toString(), manifest.toString());

        StoredCheckpoint loaded = store.load(written.pointer());
        assertThat(loaded.manifestBytes()).isEqualTo(written.manifestBytes());
        assertThat(Files.readString(loaded.part("job.json"))).isEqualTo("{\"sequence\":3}");
        assertThat(store.mend(written.pointer(), published)).isEmpty();
        try (var files = Files.list(Path.of(written.location()))) {
            assertThat(files).hasSize(4);
        }
    }

    @Test
    void tensorsAndMissingDirectoriesAreBeyondMending() throws Exception {
        StoredCheckpoint written = write(3);
        flip(written.part("state.safetensors"));
        assertThat(store.mend(written.pointer(), written.manifest())).isEmpty();
        assertThatThrownBy(() -> store.load(written.pointer()))
                .hasMessageContaining(written.part("state.safetensors").toString());
        Trees.delete(Path.of(written.location()), FileOperations.SYSTEM);
        assertThat(store.mend(written.pointer(), written.manifest())).isEmpty();
        assertThat(Path.of(written.location())).doesNotExist();
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
        Files.delete(torn.part("state.safetensors"));
        StoredCheckpoint committed = write(5);
        write(6);

        CheckpointStore.Ancestry ancestry = store.newestAncestor(committed.id(), manifest -> Optional.empty());

        assertThat(ancestry.newest()).map(StoredCheckpoint::id).contains(whole.id());
        assertThat(ancestry.newest().orElseThrow().manifest()).isEqualTo(whole.manifest());
        assertThat(ancestry.passedOver())
                .singleElement()
                .satisfies(reason -> assertThat(reason)
                        .contains(torn.part("state.safetensors").toString(), "no file"));
    }

    @Test
    void withoutAFittingAncestorEachIsNamedWithItsReason() throws Exception {
        write(1);
        StoredCheckpoint renamed = write(2);
        Files.move(
                Path.of(renamed.location()), directory.resolve(Checkpoints.id(3).directoryName()));
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
        flip(directory.resolve(Checkpoints.id(4).directoryName()).resolve("state.safetensors"));
        flip(directory.resolve(Checkpoints.id(5).directoryName()).resolve("state.safetensors"));
        assertThat(store.newestAncestor(Checkpoints.id(5), manifest -> Optional.empty())
                        .newest())
                .map(StoredCheckpoint::id)
                .contains(Checkpoints.id(3));
        StoredCheckpoint anew = write(6);

        CheckpointKeeper next = CheckpointKeeper.inDirectory(directory);
        next.load(anew.pointer());
        next.collect(anew.id(), 2);

        assertThat(next.survey().checkpoints())
                .containsExactly(Checkpoints.id(2), Checkpoints.id(3), Checkpoints.id(6));
    }

    @Test
    void oneThatWasBroughtBackCountsAgain() throws Exception {
        StoredCheckpoint first = write(1);
        StoredCheckpoint second = write(2);
        byte[] good = Files.readAllBytes(second.part("state.safetensors"));
        flip(second.part("state.safetensors"));
        store.newestAncestor(second.id(), manifest -> Optional.empty());
        Files.write(second.part("state.safetensors"), good);

        store.load(second.pointer());

        StoredCheckpoint third = write(3);
        CheckpointKeeper next = CheckpointKeeper.inDirectory(directory);
        next.load(third.pointer());
        next.collect(third.id(), 1);
        assertThat(next.survey().checkpoints())
                .containsExactly(second.id(), third.id())
                .doesNotContain(first.id());
    }
}
