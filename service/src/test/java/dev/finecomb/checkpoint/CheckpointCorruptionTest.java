package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finecomb.Battery;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCorruptionTest {
    private static final List<String> FILES = List.of("state.safetensors", "job.json", "manifest.json");
    private static final int CASES = Battery.count("corruption.count", 40);

    @TempDir
    Path directory;

    private CheckpointPointer write(CheckpointKeeper store) throws IOException {
        CheckpointId id = Checkpoints.id(5);
        return store.write(id, Checkpoints.parts(5), Checkpoints.manifest(id)).pointer();
    }

    @ParameterizedTest
    @ValueSource(longs = {20260101, 7})
    void noDamageGoesUnnoticed(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        CheckpointKeeper store = CheckpointKeeper.inDirectory(directory);
        CheckpointPointer pointer = write(store);
        Path checkpoint = directory.resolve(Checkpoints.id(5).directoryName());
        long begin = System.nanoTime();
        for (int i = 0; i < CASES; i++) {
            Path file = checkpoint.resolve(FILES.get(i % FILES.size()));
            byte[] good = Files.readAllBytes(file);
            damage(file, good, i / FILES.size() % 5, random);
            var corrupt = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(pointer));
            assertThat(corrupt).as("seed %d case %d", seed, i).isNotNull();
            assertThat(corrupt.file()).isEqualTo(file.toString());
            assertThat(corrupt).hasMessageContainingAll(file.toString(), corrupt.expected(), corrupt.found());
            assertThat(corrupt.found()).isNotEqualTo(corrupt.expected());
            Files.write(file, good);
        }
        Battery.ran("checkpoint-corruption", CASES, Duration.ofNanos(System.nanoTime() - begin), "all detected");
        assertThat(store.load(pointer).id()).isEqualTo(Checkpoints.id(5));
    }

    /** The same file of a checkpoint that is whole, of another step or of another job. */
    private static byte[] ofAnotherCheckpoint(Path file) throws IOException {
        Path elsewhere = file.resolveSibling("../elsewhere");
        CheckpointKeeper other = CheckpointKeeper.inDirectory(elsewhere);
        CheckpointId id = new CheckpointId("i9", 6);
        if (other.survey().checkpoints().isEmpty()) {
            other.write(id, Checkpoints.parts(6), Checkpoints.manifest(id));
        }
        return Files.readAllBytes(elsewhere.resolve(id.directoryName()).resolve(file.getFileName()));
    }

    private static void damage(Path file, byte[] good, int kind, SplittableRandom random) throws IOException {
        switch (kind) {
            case 0 -> {
                byte[] bad = good.clone();
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                Files.write(file, bad);
            }
            case 1 -> Files.write(file, Arrays.copyOf(good, random.nextInt(good.length)));
            case 2 -> Files.write(file, Arrays.copyOf(good, good.length + 1 + random.nextInt(100)));
            case 3 -> Files.delete(file);
            default -> Files.write(file, ofAnotherCheckpoint(file));
        }
    }

    @Test
    void aMissingCheckpointAndOneOfAnotherHistoryAreNamed() throws Exception {
        CheckpointKeeper store = CheckpointKeeper.inDirectory(directory);
        CheckpointPointer pointer = write(store);
        var other = new CheckpointPointer(pointer.origin(), 6, pointer.manifestSha256());
        var missing = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(other));
        assertThat(missing.file())
                .isEqualTo(directory.resolve("i1-000000000006/manifest.json").toString());
        assertThat(missing.found()).isEqualTo("no file");

        var wrongStep = new CheckpointPointer(pointer.origin().at(51), 5, pointer.manifestSha256());
        var foreign = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(wrongStep));
        assertThat(foreign.expected()).contains("step=51");
        assertThat(foreign.found()).contains("step=50");
    }
}
