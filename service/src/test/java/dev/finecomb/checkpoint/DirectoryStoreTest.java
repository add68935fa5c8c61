package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store promises, in a directory, and what only a directory has. */
class DirectoryStoreTest {
    @TempDir
    Path temporary;

    private StoreWorld world() {
        return new DirectoryWorld(temporary.resolve("a/b"));
    }

    @Nested
    class Keeping extends KeepingContract {
        @Override
        StoreWorld world() {
            return DirectoryStoreTest.this.world();
        }
    }

    @Nested
    class Corruption extends CorruptionContract {
        @Override
        StoreWorld world() {
            return DirectoryStoreTest.this.world();
        }
    }

    @Nested
    class Damage extends DamageContract {
        @Override
        StoreWorld world() {
            return DirectoryStoreTest.this.world();
        }
    }

    @Nested
    class Inspection extends InspectionContract {
        @Override
        StoreWorld world() {
            return DirectoryStoreTest.this.world();
        }
    }

    @Test
    void aDirectoryInASmallFilesPlaceMakesWayForIt() throws Exception {
        StoreWorld world = world();
        CheckpointStore store = world.open();
        StoredCheckpoint written = Checkpoints.write(store, 3);
        Path manifest = Path.of(written.location()).resolve("manifest.json");
        Files.delete(manifest);
        Files.createDirectories(manifest.resolve("in-its-place"));

        assertThat(store.mend(written.pointer(), written.manifest())).containsExactly(manifest.toString());
        assertThat(store.load(written.pointer()).manifestBytes()).isEqualTo(written.manifestBytes());
        try (var files = Files.list(Path.of(written.location()))) {
            assertThat(files).as("nothing else is left").hasSize(4);
        }
    }

    @Test
    void anInspectorMakesNoDirectory() {
        Path none = temporary.resolve("none");
        assertThatExceptionOfType(NotDirectoryException.class).isThrownBy(() -> CheckpointInspector.ofDirectory(none));
        assertThat(none).doesNotExist();
    }
}
