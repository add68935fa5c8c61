package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finecomb.Battery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random lives of a store on a disk that fails at random; a failing one replays from its seed. */
class StorageFaultsTest {
    private static final int LIVES = 20;
    private static final int EVENTS = 60;
    private static final int KEEP = 2;

    @TempDir
    Path directory;

    /** The system's disk, which fails any operation with the given probability, and writes as few bytes as it likes. */
    private final class Disk implements FileOperations {
        private final SplittableRandom random;
        private final Set<Path> failedForces = new HashSet<>();
        double failing;
        boolean full;
        boolean undeletable;
        /** Whether names in the store can't be made durable. */
        boolean unforceable;

        long failures;

        Disk(SplittableRandom random) {
            this.random = random;
        }

        private void mayFail(String message) throws IOException {
            if (random.nextDouble() < failing) {
                failures++;
                throw new IOException(message);
            }
        }

        @Override
        public void createDirectory(Path path) throws IOException {
            mayFail("No space left on device");
            FileOperations.super.createDirectory(path);
        }

        @Override
        public FileChannel create(Path file) throws IOException {
            mayFail("Input/output error");
            return FileOperations.super.create(file);
        }

        @Override
        public void write(Path file, FileChannel channel, ByteBuffer bytes) throws IOException {
            int some = 1 + random.nextInt(bytes.remaining());
            FileOperations.super.write(file, channel, bytes.slice(bytes.position(), some));
            bytes.position(bytes.position() + some);
            if (full) {
                throw new IOException("No space left on device");
            }
            mayFail("Input/output error");
        }

        @Override
        public void force(Path file, FileChannel channel) throws IOException {
            assertThat(failedForces)
                    .as("files whose force failed are never forced again")
                    .doesNotContain(file);
            try {
                mayFail("Input/output error");
            } catch (IOException e) {
                failedForces.add(file);
                throw e;
            }
            FileOperations.super.force(file, channel);
        }

        @Override
        public void forceDirectory(Path path) throws IOException {
            if (unforceable && path.equals(directory)) {
                throw new IOException("Input/output error");
            }
            mayFail("Input/output error");
            FileOperations.super.forceDirectory(path);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            mayFail("Input/output error");
            FileOperations.super.rename(from, to);
        }

        @Override
        public void delete(Path path) throws IOException {
            if (undeletable) {
                throw new IOException("Input/output error");
            }
            mayFail("Input/output error");
            FileOperations.super.delete(path);
        }
    }

    /** One store through all its owners, and what Kafka would know of it. */
    private final class Life {
        private final SplittableRandom random;
        private final Disk disk;
        private final List<StoredCheckpoint> committed = new ArrayList<>();
        private CheckpointKeeper store;
        private long tokens;

        Life(long seed) throws IOException {
            this.random = new SplittableRandom(seed);
            this.disk = new Disk(random);
            this.store = open();
            committed.add(write(CheckpointId.FIRST_SEQUENCE));
            store.collect(newest().id(), KEEP);
            store.collect(newest().id(), KEEP);
        }

        private CheckpointKeeper open() {
            return new CheckpointKeeper(new DirectoryMedium(directory, disk, () -> "t" + tokens++));
        }

        private StoredCheckpoint write(long sequence) throws IOException {
            CheckpointId id = Checkpoints.id(sequence);
            return store.write(id, Checkpoints.parts(sequence), Checkpoints.manifest(id));
        }

        StoredCheckpoint newest() {
            return committed.getLast();
        }

        void event() throws Exception {
            disk.failing = random.nextInt(3) == 0 ? random.nextDouble() * 0.2 : 0;
            try {
                switch (random.nextInt(5)) {
                    case 0, 1, 2 -> cut(true);
                    case 3 -> cut(false);
                    default -> restart();
                }
            } catch (FileAlreadyExistsException taken) {
                // The name of an attempt that could not be taken back; the next one asks for the next.
            } catch (IOException failed) {
                assertThat(failed).hasMessageMatching("No space left on device|Input/output error");
            }
            disk.failing = 0;
            requireCommittedIntact();
        }

        /** A cut, committed or left behind by a process that died before; then the collection that follows a commit. */
        private void cut(boolean commits) throws IOException {
            StoredCheckpoint written = write(store.nextSequence(newest().id()));
            if (commits) {
                committed.add(written);
                store.collect(written.id(), KEEP);
            }
        }

        /** The start of another owner. */
        void restart() throws IOException, CorruptCheckpointException {
            store = open();
            Survey survey = store.survey();
            store.load(newest().pointer());
            store.removeUnfinished(survey);
        }

        private void requireCommittedIntact() throws Exception {
            assertThat(open().load(newest().pointer()).manifest()).isEqualTo(newest().manifest());
        }

        void requireNothingElseLeft() throws Exception {
            restart();
            cut(true);
            for (int i = 0; i < KEEP; i++) {
                cut(true);
            }
            store.collect(newest().id(), KEEP);
            try (var entries = Files.list(directory)) {
                assertThat(entries.map(path -> path.getFileName().toString()).sorted())
                        .containsExactlyElementsOf(committed.reversed().stream()
                                .limit(KEEP + 1)
                                .map(checkpoint -> checkpoint.id().directoryName())
                                .sorted()
                                .toList());
            }
            for (StoredCheckpoint kept : committed.subList(committed.size() - KEEP - 1, committed.size())) {
                assertThat(store.load(kept.pointer()).manifest()).isEqualTo(kept.manifest());
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, LIVES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theCommittedCheckpointSurvivesAndNothingElseStays(long seed) throws Exception {
        long begin = System.nanoTime();
        var life = new Life(seed);
        for (int i = 0; i < EVENTS; i++) {
            life.event();
        }
        assertThat(life.disk.failures).isPositive();
        life.requireNothingElseLeft();
        Battery.ran("disk-faults", life.disk.failures, Duration.ofNanos(System.nanoTime() - begin), "committed intact");
    }

    @Test
    void aDeletionThatFailedIsFinishedAtTheNextCollection() throws Exception {
        var life = new Life(3);
        for (int i = 0; i < KEEP; i++) {
            life.cut(true);
        }
        StoredCheckpoint next = life.write(9);
        life.disk.undeletable = true;
        assertThatThrownBy(() -> life.store.collect(next.id(), KEEP)).hasMessage("Input/output error");
        life.disk.undeletable = false;
        try (var entries = Files.list(directory)) {
            assertThat(entries).anyMatch(path -> path.getFileName().toString().startsWith(".deleting-"));
        }
        life.store.collect(next.id(), KEEP);
        try (var entries = Files.list(directory)) {
            assertThat(entries)
                    .hasSize(KEEP + 1)
                    .noneMatch(path -> path.getFileName().toString().startsWith("."));
        }
    }

    @Test
    void aFullDiskCostsNothingButTheAttempts() throws Exception {
        var life = new Life(7);
        life.disk.full = true;
        for (int i = 0; i < 50; i++) {
            try {
                life.cut(true);
                throw new AssertionError("a full disk took a checkpoint");
            } catch (IOException full) {
                assertThat(full).hasMessage("No space left on device");
            }
        }
        try (var entries = Files.list(directory)) {
            assertThat(entries).containsExactly(Path.of(life.newest().location()));
        }
        life.disk.full = false;
        life.cut(true);
        life.requireCommittedIntact();
    }

    /** Else a start that dies before its first commit would leave a store that looks like that of a job that has learned. */
    @Test
    void aFirstCheckpointKeepsItsNameThroughAllAttempts() throws Exception {
        Disk disk = new Disk(new SplittableRandom(5));
        var store = new CheckpointKeeper(new DirectoryMedium(directory, disk, () -> "t"));
        failToTakeBack(disk, store, CheckpointId.FIRST_SEQUENCE);
        StoredCheckpoint written = write(store, CheckpointId.FIRST_SEQUENCE);
        assertThat(store.load(written.pointer()).manifest()).isEqualTo(written.manifest());
        assertThat(store.survey().holdsNothingLearned()).isTrue();
    }

    @Test
    void theNameOfALaterOneIsLeftAloneBecauseASuccessorMayHaveTakenIt() throws Exception {
        Disk disk = new Disk(new SplittableRandom(5));
        var store = new CheckpointKeeper(new DirectoryMedium(directory, disk, () -> "t"));
        failToTakeBack(disk, store, 3);
        assertThatThrownBy(() -> write(store, 3)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static void failToTakeBack(Disk disk, CheckpointKeeper store, long sequence) throws IOException {
        disk.unforceable = true;
        disk.undeletable = true;
        assertThatThrownBy(() -> write(store, sequence)).hasMessage("Input/output error");
        assertThat(store.survey().checkpoints()).containsExactly(Checkpoints.id(sequence));
        disk.unforceable = false;
        disk.undeletable = false;
    }

    private static StoredCheckpoint write(CheckpointKeeper store, long sequence) throws IOException {
        CheckpointId id = Checkpoints.id(sequence);
        return store.write(id, Checkpoints.parts(sequence), Checkpoints.manifest(id));
    }
}
