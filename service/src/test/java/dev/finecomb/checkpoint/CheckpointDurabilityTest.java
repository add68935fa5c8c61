package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of the durable write, and what is left after any single step of it fails. */
class CheckpointDurabilityTest {
    /** The system's operations, recorded; from a chosen one on, or at one only, the disk fails. */
    private static final class Disk implements FileOperations {
        final List<String> steps = new ArrayList<>();
        final Set<Path> failedForces = new HashSet<>();
        int failAt = -1;

        private void step(String name, Path path) throws IOException {
            steps.add(name + " " + path.getFileName());
            if (steps.size() - 1 == failAt) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public void createDirectory(Path directory) throws IOException {
            step("createDirectory", directory);
            FileOperations.super.createDirectory(directory);
        }

        @Override
        public FileChannel create(Path file) throws IOException {
            step("create", file);
            return FileOperations.super.create(file);
        }

        @Override
        public void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
            int half = Math.max(1, bytes.remaining() / 2);
            FileOperations.super.write(file, channel, bytes.slice(bytes.position(), half));
            bytes.position(bytes.position() + half);
            if (!steps.getLast().equals("write " + file.getFileName())) {
                step("write", file);
            }
        }

        @Override
        public void force(Path file, FileChannel channel) throws IOException {
            assertThat(failedForces).as("never forced again").doesNotContain(file);
            try {
                step("force", file);
            } catch (IOException e) {
                failedForces.add(file);
                throw e;
            }
            FileOperations.super.force(file, channel);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            step("forceDirectory", directory);
            FileOperations.super.forceDirectory(directory);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step("rename", to);
            FileOperations.super.rename(from, to);
        }
    }

    @TempDir
    Path directory;

    private final Disk disk = new Disk();

    private CheckpointKeeper store() {
        return new CheckpointKeeper(new DirectoryMedium(directory, disk, () -> "t" + disk.steps.size()));
    }

    private StoredCheckpoint write(CheckpointKeeper store, long sequence) throws IOException {
        CheckpointId id = Checkpoints.id(sequence);
        return store.write(id, Checkpoints.parts(sequence), Checkpoints.manifest(id));
    }

    @Test
    void everyByteIsDurableBeforeTheNameAndTheNameBeforeTheReturn() throws IOException {
        write(store(), 3);
        assertThat(disk.steps)
                .containsExactly(
                        "createDirectory .writing-i1-000000000003-t0",
                        "create state.safetensors",
                        "write state.safetensors",
                        "force state.safetensors",
                        "create job.json",
                        "write job.json",
                        "force job.json",
                        "create predecessors.json",
                        "write predecessors.json",
                        "force predecessors.json",
                        "create manifest.json",
                        "write manifest.json",
                        "force manifest.json",
                        "forceDirectory .writing-i1-000000000003-t0",
                        "rename i1-000000000003",
                        "forceDirectory " + directory.getFileName());
    }

    @Test
    void afterAnyFailedStepThePreviousOneIsIntactAndTheNameIsFreeForANewAttempt() throws Exception {
        CheckpointKeeper store = store();
        StoredCheckpoint previous = write(store, 1);
        int steps = disk.steps.size();
        for (int step = 0; step < steps; step++) {
            disk.steps.clear();
            disk.failedForces.clear();
            disk.failAt = step;
            assertThatThrownBy(() -> write(store, 2)).hasMessage("No space left on device");
            assertThat(disk.steps).hasSize(step + 1);
            disk.failAt = -1;
            assertThat(disk.list(directory)).containsExactly(Path.of(previous.location()));
            assertThat(store.load(previous.pointer()).manifest()).isEqualTo(previous.manifest());
        }
        disk.steps.clear();
        StoredCheckpoint second = write(store, 2);
        assertThat(store.load(second.pointer()).manifest()).isEqualTo(second.manifest());
    }
}
