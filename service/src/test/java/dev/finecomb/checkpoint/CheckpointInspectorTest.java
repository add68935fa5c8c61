package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointInspectorTest {
    private static final int CUTS = 150;

    @TempDir
    private Path directory;

    @Test
    void whatIsGoneIsNotDamaged() throws IOException {
        CheckpointStore store = CheckpointKeeper.inDirectory(directory);
        Checkpoints.write(store, 0);
        var inspector = CheckpointInspector.ofDirectory(directory);
        CheckpointId seen = inspector.checkpoints().getFirst();
        Checkpoints.write(store, 1);
        store.collect(Checkpoints.id(1), 0);

        assertThat(inspector.describe(seen)).isEmpty();
        assertThat(inspector.verify(seen)).isEmpty();
        assertThat(inspector.checkpoints()).containsExactly(Checkpoints.id(1));
    }

    @Test
    void findsNoDamageBesideAnOwnerThatCutsAndCollects() throws Exception {
        CheckpointStore store = CheckpointKeeper.inDirectory(directory);
        Checkpoints.write(store, 0);
        var inspector = CheckpointInspector.ofDirectory(directory);
        CompletableFuture<Void> owner = CompletableFuture.runAsync(() -> cut(store));
        List<String> damage = new ArrayList<>();
        long looks = 0;
        while (!owner.isDone() || looks == 0) {
            for (CheckpointId id : inspector.checkpoints()) {
                inspector.verify(id).ifPresent(found -> damage.addAll(found.damage()));
                looks++;
            }
        }
        owner.join();

        assertThat(damage).isEmpty();
        assertThat(looks).isPositive();
        assertThat(inspector.checkpoints()).endsWith(Checkpoints.id(CUTS));
    }

    private static void cut(CheckpointStore store) {
        try {
            for (long sequence = 1; sequence <= CUTS; sequence++) {
                Checkpoints.write(store, sequence);
                store.collect(Checkpoints.id(sequence), 1);
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void saysWhatItsOwnerSetAside() throws IOException {
        CheckpointStore store = CheckpointKeeper.inDirectory(directory);
        Checkpoints.write(store, 0);
        Checkpoints.write(store, 1);
        store.newestAncestor(Checkpoints.id(1), manifest -> Optional.empty());
        var inspector = CheckpointInspector.ofDirectory(directory);

        assertThat(inspector.verify(Checkpoints.id(1)).orElseThrow().setAside()).isTrue();
        assertThat(inspector.verify(Checkpoints.id(0)).orElseThrow().setAside()).isFalse();
    }

    @Test
    void makesNoDirectory() {
        Path none = directory.resolve("none");

        assertThatExceptionOfType(NotDirectoryException.class).isThrownBy(() -> CheckpointInspector.ofDirectory(none));
        assertThat(none).doesNotExist();
    }
}
