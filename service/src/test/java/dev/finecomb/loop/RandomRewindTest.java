package dev.finecomb.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finecomb.checkpoint.StoredCheckpoint;
import dev.finecomb.config.IngestConfig.Merge;
import dev.finecomb.ingest.Intake;
import dev.finecomb.ingest.IntakeRules;
import dev.finecomb.loop.ListedInput.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Histories of random records, cuts at random places and restarts: wherever the commit stands, and however far back the
 * newest whole checkpoint lies, training again from there ends in exactly the commit.
 */
class RandomRewindTest {
    private static final int RECORDS = 25;

    @TempDir
    Path directory;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyCommitIsReachedFromEveryAncestor(int seed) throws Exception {
        Random random = new Random(seed);
        int partitions = 1 + random.nextInt(5);
        OptionalInt batchSize = random.nextInt(4) == 0 ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(6));
        RewindWorld world = new RewindWorld(directory, new IntakeRules(batchSize, Merge.ORDERED), partitions);
        fill(world.input, partitions, random);
        world.begin();
        List<StoredCheckpoint> checkpoints = new ArrayList<>(List.of(world.checkpoint()));
        while (!world.isReadToEnd() && checkpoints.size() < 12) {
            world.take(1 + random.nextInt(5));
            checkpoints.add(world.checkpoint());
            if (random.nextInt(3) == 0) {
                world.restart();
            }
        }
        StoredCheckpoint committed = checkpoints.removeLast();
        Cut expected = world.cut(committed.id());
        RewindWorld.damageState(committed);

        for (StoredCheckpoint ancestor : checkpoints.reversed()) {
            var fresh = new ChainTrainer();
            Recovery.Standpoint here = world.rewind(committed, fresh);
            Intake intake = here.replayed().orElseThrow();
            assertThat(here.rewoundTo()).contains(ancestor.id());
            assertThat(here.memory()).isEqualTo(expected.state().memory());
            assertThat(intake.positions()).isEqualTo(expected.positions());
            assertThat(intake.memory())
                    .isEqualTo(expected.state().memory().standing().input());
            assertThat(CheckpointCodec.stateSha256(fresh.snapshot()))
                    .isEqualTo(CheckpointCodec.stateSha256(expected.state().snapshot()));
            RewindWorld.damageState(ancestor);
        }
        assertThat(world.producer.calls).isEmpty();
    }

    private static void fill(ListedInput input, int partitions, Random random) {
        int bad = random.nextInt(2) * (1 + random.nextInt(3));
        for (int i = 0; i < RECORDS; i++) {
            for (int partition = 0; partition < partitions; partition++) {
                Kind kind =
                        random.nextInt(6) >= bad ? Kind.GOOD : random.nextBoolean() ? Kind.MALFORMED : Kind.UNTRAINABLE;
                input.add(partition, kind, 1 + random.nextInt(5));
            }
        }
    }
}
