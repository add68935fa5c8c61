package dev.finecomb.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finecomb.Battery;
import dev.finecomb.protocol.message.CheckpointPointer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint that is not as it was written is never believed, wherever it lies. */
abstract class CorruptionContract extends StoreContract {
    private static final List<String> FILES = List.of("state.safetensors", "job.json", "manifest.json");
    private static final int CASES = Battery.count("corruption.count", 40);
    private static final CheckpointId ID = Checkpoints.id(5);
    /** Of another history, and whole. */
    private static final CheckpointId OTHER = new CheckpointId("i9", 6);

    @ParameterizedTest
    @ValueSource(longs = {20260101, 7})
    void noDamageGoesUnnoticed(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        StoredCheckpoint written = Checkpoints.write(store, 5);
        CheckpointPointer pointer = written.pointer();
        store.write(OTHER, Checkpoints.parts(6), Checkpoints.manifest(OTHER));
        long begin = System.nanoTime();
        for (int i = 0; i < CASES; i++) {
            String file = FILES.get(i % FILES.size());
            byte[] good = world.read(ID, file);
            damage(file, good, i / FILES.size() % 5, random);
            var corrupt = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(pointer));
            assertThat(corrupt).as("seed %d case %d", seed, i).isNotNull();
            assertThat(corrupt.file()).isEqualTo(written.location() + "/" + file);
            assertThat(corrupt).hasMessageContainingAll(corrupt.file(), corrupt.expected(), corrupt.found());
            assertThat(corrupt.found()).isNotEqualTo(corrupt.expected());
            world.write(ID, file, good);
        }
        Battery.ran("checkpoint-corruption", CASES, Duration.ofNanos(System.nanoTime() - begin), "all detected");
        assertThat(store.load(pointer).id()).isEqualTo(ID);
    }

    private void damage(String file, byte[] good, int kind, SplittableRandom random) throws IOException {
        switch (kind) {
            case 0 -> {
                byte[] bad = good.clone();
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                world.write(ID, file, bad);
            }
            case 1 -> world.write(ID, file, Arrays.copyOf(good, random.nextInt(good.length)));
            case 2 -> world.write(ID, file, Arrays.copyOf(good, good.length + 1 + random.nextInt(100)));
            case 3 -> world.delete(ID, file);
            default -> world.write(ID, file, world.read(OTHER, file));
        }
    }

    @Test
    void aMissingCheckpointAndOneOfAnotherHistoryAreNamed() throws Exception {
        StoredCheckpoint written = Checkpoints.write(store, 5);
        CheckpointPointer pointer = written.pointer();
        var other = new CheckpointPointer(pointer.origin(), 6, pointer.manifestSha256());
        var missing = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(other));
        assertThat(missing.file())
                .isEqualTo(written.location().replace(ID.directoryName(), "i1-000000000006/manifest.json"));
        assertThat(missing.found()).isEqualTo("no file");

        var wrongStep = new CheckpointPointer(pointer.origin().at(51), 5, pointer.manifestSha256());
        var foreign = catchThrowableOfType(CorruptCheckpointException.class, () -> store.load(wrongStep));
        assertThat(foreign.expected()).contains("step=51");
        assertThat(foreign.found()).contains("step=50");
    }
}
